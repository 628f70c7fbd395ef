-- Sessions of people in browsers. key_hash is the SHA-256 of the cookie's value, which is nowhere;
-- sealed_id_token is encrypted, and only the cookie's value opens it.
create table access_token_sessions (
  id ${id} not null,
  key_hash ${digest} not null,
  user_entity_ref varchar(510)${exact} not null,
  display_name varchar(510)${exact} not null,
  way varchar(50)${exact} not null,
  username varchar(510)${exact} not null,
  standing varchar(100)${exact} not null,
  roles ${text} not null,
  group_entity_refs ${text} not null,
  loopback_only boolean not null,
  sealed_id_token ${text} null,
  created_at ${instant} not null,
  last_seen_at ${instant} not null,
  expires_at ${instant} not null,
  constraint access_token_sessions_pk primary key (id),
  constraint access_token_sessions_key_uq unique (key_hash)
)${table};
