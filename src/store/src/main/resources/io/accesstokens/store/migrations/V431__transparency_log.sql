-- The transparency log of audit events. Each statement can be repeated, because MariaDB does not roll back a part
-- of a migration.

-- The index of an event in the log. Null until the event is in the log.
alter table service_access_token_audit_log add column if not exists log_index bigint null;
alter table personal_access_token_audit_log add column if not exists log_index bigint null;

-- The events that are not in the log yet, oldest first; and an event by its index.
create index if not exists service_access_token_audit_log_unlogged
  on service_access_token_audit_log (log_index, occurred_at, seq);
create index if not exists personal_access_token_audit_log_unlogged
  on personal_access_token_audit_log (log_index, occurred_at, seq);

-- The name of the log, its size, and the latest checkpoint. The lock on the only row makes one process at a time
-- append.
create table if not exists access_token_log (
  id smallint not null,
  origin varchar(255)${exact} null,
  tree_size bigint not null,
  note ${text} null,
  constraint access_token_log_pk primary key (id)
)${table};
insert into access_token_log (id, tree_size)
select 1, 0 from (select 1 as one) single where not exists (select 1 from access_token_log);

-- The entries: canonical JSON. Rows are only appended.
create table if not exists access_token_log_entries (
  log_index bigint not null,
  event_id ${id} not null,
  entry ${text} not null,
  constraint access_token_log_entries_pk primary key (log_index),
  constraint access_token_log_entries_event_uq unique (event_id)
)${table};

-- The nodes of the tree over the entries, up to 256 hashes a row. Hashes are only appended.
create table if not exists access_token_log_tiles (
  tile_level smallint not null,
  tile_index bigint not null,
  hashes ${hashes} not null,
  constraint access_token_log_tiles_pk primary key (tile_level, tile_index)
)${table};

-- Keys that sign the checkpoints. The rules are those of access_token_signing_keys.
create table if not exists access_token_log_keys (
  id varchar(43)${exact} not null,
  generation bigint not null,
  public_key varchar(1000)${exact} not null,
  sealed_private_key varchar(2000)${exact} not null,
  created_at ${instant} not null,
  signs_from ${instant} not null,
  constraint access_token_log_keys_pk primary key (id),
  constraint access_token_log_keys_generation_uq unique (generation)
)${table};
