-- Notices without mail deliveries.
create index access_token_notices_mail on access_token_notices (mail_pending, id);
