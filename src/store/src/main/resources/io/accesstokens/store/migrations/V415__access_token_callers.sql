-- The clients that use service tokens. accepted is false for clients whose uses were refused. address and
-- client (the first product of User-Agent) are empty if they are not known. uses counts the uses on the
-- day (UTC) of last_used_at.
create table access_token_callers (
  token_id ${id} not null,
  secret_number int not null,
  accepted boolean not null,
  address varchar(100)${exact} not null,
  client varchar(64)${exact} not null,
  uses bigint not null,
  last_used_at ${instant} not null,
  constraint access_token_callers_pk primary key (token_id, secret_number, accepted, address, client)
)${table};
