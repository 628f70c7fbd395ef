-- The network address that the last request came from.
alter table access_token_sessions add column last_seen_address varchar(200)${exact} null;
