-- Notices about tokens. Each row has the facts about its token at the time of writing. Instants are
-- in UTC. A notice is pending on a channel until its deliveries are written.
create table access_token_notices (
  id ${id} not null,
  notice_key varchar(120)${exact} not null,
  event varchar(40)${exact} not null,
  threshold_days integer null,
  token_kind varchar(10)${exact} not null,
  token_id ${id} not null,
  token_name varchar(200)${exact} not null,
  token_prefix varchar(24)${exact} not null,
  owner_ref varchar(510)${exact} not null,
  created_at ${instant} not null,
  expires_at ${instant} not null,
  actor varchar(800)${exact} null,
  occurred_at ${instant} not null,
  webhooks_pending boolean not null,
  mail_pending boolean not null,
  constraint access_token_notices_pk primary key (id),
  constraint access_token_notices_key_uq unique (notice_key)
)${table};
