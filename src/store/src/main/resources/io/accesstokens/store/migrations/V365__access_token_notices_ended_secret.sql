-- The first characters of the raw token with the ended secret that was used. Null for other events.
alter table access_token_notices add column ended_secret_prefix varchar(24)${exact} null;
