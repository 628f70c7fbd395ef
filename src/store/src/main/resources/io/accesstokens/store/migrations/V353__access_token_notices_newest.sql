-- Notices by age.
create index access_token_notices_newest on access_token_notices (occurred_at, id);
