-- The network address of the client that used the ended secret. Null if it is unknown, and for other events.
alter table access_token_notices add column client_address varchar(200)${exact} null;
