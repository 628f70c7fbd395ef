-- created_by, short enough for an index of MariaDB. No subject is longer.
alter table service_access_tokens add column created_by_key varchar(700)${exact} generated always as (left(created_by, 700))${stored};
