-- The archives of the transparency log: the range of the entries in each, and the index of the entry that records it.
-- The statement can be repeated, because MariaDB does not roll back a part of a migration.
create table if not exists access_token_log_archives (
  end_index bigint not null,
  first_index bigint not null,
  record_index bigint not null,
  constraint access_token_log_archives_pk primary key (end_index)
)${table};
