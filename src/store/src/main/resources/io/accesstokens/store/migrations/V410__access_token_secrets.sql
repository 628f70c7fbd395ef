-- The secrets of service tokens and personal tokens that are not current. ended_at is null for the
-- previous secret of a token until its end is recorded. expires_at is the end of its grace period.
-- uses counts the accepted uses on uses_day (UTC). reported_on is the UTC day of the last use of the
-- ended secret that was written to the audit log.
create table access_token_secrets (
  token_hash ${digest} not null,
  token_id ${id} not null,
  secret_number int not null,
  token_prefix varchar(24)${exact} not null,
  replaced_at ${instant} not null,
  expires_at ${instant} not null,
  ends_on_first_use boolean not null,
  ended_at ${instant} null,
  last_used_at ${instant} null,
  last_used_address varchar(200)${exact} null,
  uses_day date null,
  uses bigint default 0 not null,
  reported_on date null,
  constraint access_token_secrets_pk primary key (token_hash),
  constraint access_token_secrets_number_uq unique (token_id, secret_number)
)${table};
