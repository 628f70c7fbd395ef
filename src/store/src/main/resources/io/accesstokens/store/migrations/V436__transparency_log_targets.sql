-- The witnesses and receivers of checkpoints: what they have accepted, and when they are called again. target is a
-- digest of a verifier key or URL. The statement can be repeated, because MariaDB does not roll back a part of a
-- migration.
create table if not exists access_token_log_targets (
  target varchar(64)${exact} not null,
  tree_size bigint not null,
  note ${text} null,
  problem varchar(500) null,
  forked smallint not null,
  failures int not null,
  next_at ${instant} not null,
  constraint access_token_log_targets_pk primary key (target)
)${table};
