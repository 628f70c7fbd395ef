-- The network address that the last refused use came from.
alter table service_access_tokens add column last_refused_address varchar(200)${exact} null;
