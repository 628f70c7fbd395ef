-- When verifiers needed the scopes of service tokens. A scope that the token no longer has can have a row.
-- The statement can be repeated, because MariaDB does not roll back a part of a migration.
create table if not exists access_token_scope_uses (
  token_id ${id} not null,
  scope varchar(255)${exact} not null,
  first_needed_at ${instant} not null,
  last_needed_at ${instant} not null,
  constraint access_token_scope_uses_pk primary key (token_id, scope)
)${table};
