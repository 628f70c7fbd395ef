-- The network address that the sign-in came from.
alter table access_token_sessions add column sign_in_address varchar(200)${exact} null;
