-- The network address that the last accepted use came from.
alter table service_access_tokens add column last_used_address varchar(200)${exact} null;
