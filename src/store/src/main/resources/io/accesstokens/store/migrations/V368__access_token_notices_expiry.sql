-- Notices of one event by the expiry of the token, for the deletion of notices about a coming expiry.
create index access_token_notices_expiry on access_token_notices (event, expires_at);
