-- One row: the number of the last entry in the change feed. The lock on it makes the order of
-- commits the order of numbers.
create table access_token_change_counter (
  id smallint not null,
  last_number bigint not null,
  constraint access_token_change_counter_pk primary key (id)
)${table};
