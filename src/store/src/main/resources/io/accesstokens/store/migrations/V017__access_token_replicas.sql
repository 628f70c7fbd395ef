-- The processes that cache verdicts, and when each was last at work, by the database's clock.
create table access_token_replicas (
  id varchar(36)${exact} not null,
  seen_at ${instant} not null,
  constraint access_token_replicas_pk primary key (id)
)${table};
