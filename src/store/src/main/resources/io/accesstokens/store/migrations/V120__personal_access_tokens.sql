-- Instants are in UTC. Names are ASCII; other texts are as wide as those of service tokens.
-- scopes is a JSON array, empty for a token that only reads as its user does.
create table personal_access_tokens (
  id ${id} not null,
  name varchar(100)${exact} not null,
  user_entity_ref varchar(510)${exact} not null,
  prefix varchar(24)${exact} not null,
  token_hash ${digest} not null,
  scopes ${text} not null,
  created_at ${instant} not null,
  expires_at ${instant} not null,
  last_used_at ${instant} null,
  revoked_at ${instant} null,
  revoked_by varchar(800)${exact} null,
  accepted_uses bigint default 0 not null,
  last_used_address varchar(200)${exact} null,
  refused_revoked_uses bigint default 0 not null,
  refused_expired_uses bigint default 0 not null,
  last_refused_at ${instant} null,
  last_refused_address varchar(200)${exact} null,
  unrevoked boolean generated always as (case when revoked_at is null then true end)${stored},
  constraint personal_access_tokens_pk primary key (id),
  constraint personal_access_tokens_hash_uq unique (token_hash),
  constraint personal_access_tokens_name_uq unique (user_entity_ref, name, unrevoked)
)${table};
