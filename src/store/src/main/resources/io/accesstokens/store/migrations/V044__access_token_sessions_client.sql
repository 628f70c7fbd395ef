-- The browser and the system of the sign-in, out of a fixed list.
alter table access_token_sessions add column client varchar(200)${exact} null;
