-- Rows are only ever appended. No foreign key: the trail may outlive what it tells of.
create table service_access_token_audit_log (
  id ${id} not null,
  token_id ${id} not null,
  event varchar(50)${exact} not null,
  actor varchar(800)${exact} not null,
  metadata ${text} not null,
  occurred_at ${instant} not null,
  seq bigint default ${next_audit_seq} not null,
  constraint service_access_token_audit_log_pk primary key (id)
)${table};
