-- Notices of one token by age.
create index access_token_notices_token on access_token_notices (token_id, occurred_at, id);
