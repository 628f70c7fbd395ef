-- The change feed: one entry for each change of a verdict on a token.
create table access_token_changes (
  change_number bigint not null,
  token_hash ${digest} not null,
  random_mark ${mark} not null,
  kind varchar(50)${exact} not null,
  written_at ${instant} not null,
  constraint access_token_changes_pk primary key (change_number)
)${table};
