-- Keys that sign short-lived tokens. Rows are added and taken away, never changed; there is one of
-- a generation. sealed_private_key is encrypted by a key that is not in the database, and all other
-- columns are bound to it: a row that was altered cannot be opened.
create table access_token_signing_keys (
  id varchar(43)${exact} not null,
  generation bigint not null,
  public_key varchar(1000)${exact} not null,
  sealed_private_key varchar(2000)${exact} not null,
  created_at ${instant} not null,
  signs_from ${instant} not null,
  constraint access_token_signing_keys_pk primary key (id),
  constraint access_token_signing_keys_generation_uq unique (generation)
)${table};
