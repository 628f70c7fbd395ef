-- Instants are in UTC. Texts that hold up to n characters have 2n here, because H2 counts UTF-16
-- units while the service counts code points.
-- stage is where the passing of time had taken the token when that was last written down: 0 active,
-- 1 expiring, 2 expired. It only finds rows quickly; expires_at and revoked_at decide.
create table service_access_tokens (
  id ${id} not null,
  name varchar(200)${exact} not null,
  description varchar(1000)${exact} not null,
  token_hash ${digest} not null,
  token_prefix varchar(24)${exact} not null,
  group_entity_ref varchar(510)${exact} not null,
  scopes ${text} not null,
  created_by varchar(800)${exact} not null,
  created_at ${instant} not null,
  expires_at ${instant} not null,
  last_used_at ${instant} null,
  revoked_at ${instant} null,
  revoked_by varchar(800)${exact} null,
  stage smallint default 0 not null,
  unrevoked boolean generated always as (case when revoked_at is null then true end)${stored},
  list_status smallint generated always as (case when revoked_at is null then stage else 3 end)${stored},
  constraint service_access_tokens_pk primary key (id),
  constraint service_access_tokens_hash_uq unique (token_hash),
  constraint service_access_tokens_name_uq unique (group_entity_ref, name, unrevoked)
)${table};
