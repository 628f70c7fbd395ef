-- Rotations that a client may repeat, by the digest of token, actor and idempotency key. request is
-- the digest of the request. secret_number is the number of the new secret.
create table access_token_rotations (
  repeat_key varchar(64)${exact} not null,
  request varchar(64)${exact} not null,
  token_id ${id} not null,
  secret_number int not null,
  rotated_at ${instant} not null,
  constraint access_token_rotations_pk primary key (repeat_key)
)${table};
