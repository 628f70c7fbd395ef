-- Personal tokens on their way to be made with their user's consent. state_hash and code_hash are
-- SHA-256 of what is nowhere else but in the browser; code_challenge is that of RFC 7636.
create table personal_token_mint_flows (
  id ${id} not null,
  user_entity_ref varchar(510)${exact} not null,
  session_id ${id} not null,
  name varchar(100)${exact} not null,
  scopes ${text} not null,
  token_expires_at ${instant} not null,
  state_hash ${digest} not null,
  code_challenge varchar(43)${exact} not null,
  stage varchar(50)${exact} not null,
  code_hash ${digest} null,
  created_at ${instant} not null,
  expires_at ${instant} not null,
  constraint personal_token_mint_flows_pk primary key (id),
  constraint personal_token_mint_flows_state_uq unique (state_hash),
  constraint personal_token_mint_flows_code_uq unique (code_hash)
)${table};
