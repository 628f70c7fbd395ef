-- actor, short enough for an index of MariaDB. No subject is longer.
alter table service_access_token_audit_log add column actor_key varchar(700)${exact} generated always as (left(actor, 700))${stored};
