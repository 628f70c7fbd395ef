-- The systems that receive the entries of the transparency log: the index of the next entry of each, and the process
-- that sends to it now.
create table if not exists access_token_log_streams (
  name varchar(100)${exact} not null,
  next_index bigint not null,
  claimed_by varchar(36)${exact} null,
  claimed_until ${instant} null,
  constraint access_token_log_streams_pk primary key (name)
)${table};
