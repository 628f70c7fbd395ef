-- The whole schema after V416. An empty database gets this file instead of V001 to V416. A database of an
-- earlier version, and a schema with tables of other applications, get the V files. A test compares both.
-- This file does not change after a release: a later change is a V file with a number above 416. Each
-- statement can be repeated, because MariaDB and H2 do not roll back a part of this file.

-- The order in which audit events are written. On MariaDB, a step of 0 means the step of auto_increment.
-- A Galera cluster requires it: its nodes then use different numbers.
create sequence if not exists service_access_token_audit_seq${audit_seq_step};

-- Service tokens. Instants are in UTC. A text of at most n characters has 2n here, because H2 counts UTF-16
-- units and the service counts code points. stage is the stage of the token at its last update: 0 active,
-- 1 expiring, 2 expired. It only makes queries fast; expires_at and revoked_at decide.
create table if not exists service_access_tokens (
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
  -- The number of accepted uses. The last one was at last_used_at.
  accepted_uses bigint default 0 not null,
  -- The client address of the last accepted use.
  last_used_address varchar(200)${exact} null,
  -- The number of uses that were refused because the token was revoked.
  refused_revoked_uses bigint default 0 not null,
  -- The number of uses that were refused because the token had expired.
  refused_expired_uses bigint default 0 not null,
  -- The time of the last refused use.
  last_refused_at ${instant} null,
  -- The client address of the last refused use.
  last_refused_address varchar(200)${exact} null,
  -- The text that a search reads: name, description and prefix without case, each on its own line.
  search_text varchar(2500)${exact} generated always as (${search_text})${stored},
  -- created_by, short enough for an index of MariaDB. No subject is longer.
  created_by_key varchar(700)${exact} generated always as (left(created_by, 700))${stored},
  -- last_used_at, or 1970 for an unused token: databases sort nulls differently.
  last_used_order ${instant} generated always as (coalesce(last_used_at, timestamp '1970-01-01 00:00:00'))${stored},
  -- The client addresses and ranges from which the token may be used, as a JSON list. Null if there is no limit.
  allowed_addresses ${text} null,
  -- The number of requests that one process accepts in a minute. Null if there is no limit.
  requests_per_minute int null,
  -- The number of uses that were refused because the token is limited to other addresses.
  refused_address_uses bigint default 0 not null,
  -- The number of the current secret. The first secret of a token has the number 1.
  secret_number int default 1 not null,
  -- The creation of the current secret. Null for the first secret of a token of an earlier version.
  secret_created_at ${instant} null,
  -- The last accepted use of the current secret.
  secret_used_at ${instant} null,
  -- The lifetime that was given at the creation or at the latest rotation. Null for a token of an earlier
  -- version; its lifetime is the time from created_at to expires_at.
  lifetime_millis bigint null,
  -- The number of uses that were refused because the secret had been replaced and had ended.
  refused_ended_uses bigint default 0 not null,
  constraint service_access_tokens_pk primary key (id),
  constraint service_access_tokens_hash_uq unique (token_hash),
  constraint service_access_tokens_name_uq unique (group_entity_ref, name, unrevoked)
)${table};

-- Newest first.
create index if not exists service_access_tokens_newest on service_access_tokens (created_at, id);
-- Newest first of one status. With expires_at, a query need not read the row.
create index if not exists service_access_tokens_status
  on service_access_tokens (list_status, created_at, id, expires_at);
-- Tokens whose stage must change.
create index if not exists service_access_tokens_due on service_access_tokens (list_status, expires_at);
-- Newest first of one group.
create index if not exists service_access_tokens_group on service_access_tokens (group_entity_ref, created_at, id);
-- Newest first of one group and status.
create index if not exists service_access_tokens_group_status
  on service_access_tokens (group_entity_ref, list_status, created_at, id, expires_at);
-- By name.
create index if not exists service_access_tokens_by_name on service_access_tokens (name, created_at, id);
-- By the end of life.
create index if not exists service_access_tokens_expiry on service_access_tokens (expires_at, created_at, id);
-- By the last use.
create index if not exists service_access_tokens_last_used on service_access_tokens (last_used_order, created_at, id);
-- By creator, and newest first of one creator.
create index if not exists service_access_tokens_creator on service_access_tokens (created_by_key, created_at, id);
-- Counts of one group.
create index if not exists service_access_tokens_counts
  on service_access_tokens (group_entity_ref, list_status, expires_at, last_used_order);

-- The audit log of service tokens. Rows are only appended. There is no foreign key, because events can be
-- kept longer than their token.
create table if not exists service_access_token_audit_log (
  id ${id} not null,
  token_id ${id} not null,
  event varchar(50)${exact} not null,
  actor varchar(800)${exact} not null,
  metadata ${text} not null,
  occurred_at ${instant} not null,
  seq bigint default ${next_audit_seq} not null,
  -- The token's group. Null in rows of earlier versions, until the maintenance sets it.
  group_entity_ref varchar(510)${exact} null,
  -- actor, short enough for an index of MariaDB. No subject is longer.
  actor_key varchar(700)${exact} generated always as (left(actor, 700))${stored},
  constraint service_access_token_audit_log_pk primary key (id)
)${table};

-- Newest first of one token.
create index if not exists service_access_token_audit_log_token
  on service_access_token_audit_log (token_id, occurred_at, seq);
-- Newest first of one group.
create index if not exists service_access_token_audit_log_group
  on service_access_token_audit_log (group_entity_ref, occurred_at, seq);
-- Newest first.
create index if not exists service_access_token_audit_log_newest on service_access_token_audit_log (occurred_at, seq);
-- Newest first of one kind of event.
create index if not exists service_access_token_audit_log_event
  on service_access_token_audit_log (event, occurred_at, seq);
-- Newest first of one actor.
create index if not exists service_access_token_audit_log_actor
  on service_access_token_audit_log (actor_key, occurred_at, seq);
-- Newest first of one group and one kind of event.
create index if not exists service_access_token_audit_log_group_event
  on service_access_token_audit_log (group_entity_ref, event, occurred_at, seq);
-- Newest first of one actor and one kind of event.
create index if not exists service_access_token_audit_log_actor_event
  on service_access_token_audit_log (actor_key, event, occurred_at, seq);

-- One row: the number of the last entry in the change feed. Because each writer locks it, entries are
-- committed in the order of their numbers.
create table if not exists access_token_change_counter (
  id smallint not null,
  last_number bigint not null,
  -- The process that started last. With "single", only this process caches verdicts.
  owner_id varchar(36)${exact},
  -- The lease of cached verdicts, the same for all processes. Null until a process caches verdicts.
  lease_millis bigint,
  margin_millis bigint,
  outage_millis bigint,
  constraint access_token_change_counter_pk primary key (id)
)${table};

insert into access_token_change_counter (id, last_number)
select 1, 0 from (select 1 as one) single where not exists (select 1 from access_token_change_counter);

-- The change feed: one entry for each change of a verdict on a token.
create table if not exists access_token_changes (
  change_number bigint not null,
  token_hash ${digest} not null,
  random_mark ${mark} not null,
  kind varchar(50)${exact} not null,
  written_at ${instant} not null,
  constraint access_token_changes_pk primary key (change_number)
)${table};

-- The processes that cache verdicts. seen_at is the time of the database's clock.
create table if not exists access_token_replicas (
  id varchar(36)${exact} not null,
  seen_at ${instant} not null,
  constraint access_token_replicas_pk primary key (id)
)${table};

-- Sessions of browsers. key_hash is the SHA-256 of the cookie's value, which is not stored. sealed_id_token
-- is encrypted with a key from the cookie's value.
create table if not exists access_token_sessions (
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
  -- The browser and the operating system, from a fixed list.
  client varchar(200)${exact} null,
  -- The client address of the sign-in.
  sign_in_address varchar(200)${exact} null,
  -- The time of the last sign-in. Null in rows of earlier versions; there it is created_at.
  signed_in_at ${instant} null,
  -- The client address of the last request.
  last_seen_address varchar(200)${exact} null,
  constraint access_token_sessions_pk primary key (id),
  constraint access_token_sessions_key_uq unique (key_hash)
)${table};

-- The sessions of one user.
create index if not exists access_token_sessions_user on access_token_sessions (user_entity_ref, last_seen_at);
-- Sessions by their end, for their deletion.
create index if not exists access_token_sessions_expires on access_token_sessions (expires_at);
-- Sessions by their last use, for their deletion.
create index if not exists access_token_sessions_seen on access_token_sessions (last_seen_at);

-- Groups and users whose number of tokens is limited. To create a token, a process first updates the row
-- of the owner, so that only one process at a time counts the owner's tokens. issued counts these updates.
create table if not exists access_token_holders (
  holder_ref varchar(510)${exact} not null,
  issued bigint default 0 not null,
  constraint access_token_holders_pk primary key (holder_ref)
)${table};

-- Uses of each token by day (UTC). The maintenance deletes old days.
create table if not exists service_access_token_daily_uses (
  token_id ${id} not null,
  used_on date not null,
  accepted_uses bigint not null,
  refused_uses bigint not null,
  constraint service_access_token_daily_uses_pk primary key (token_id, used_on)
)${table};

-- Old days, for their deletion.
create index if not exists service_access_token_daily_uses_day on service_access_token_daily_uses (used_on);

-- Personal tokens. Names are ASCII. scopes is a JSON array. Without scopes, the token may only read.
create table if not exists personal_access_tokens (
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
  -- Both tables of tokens have the same columns for uses. Personal tokens have no limits.
  refused_address_uses bigint default 0 not null,
  -- The number of the current secret. The first secret of a token has the number 1.
  secret_number int default 1 not null,
  -- The creation of the current secret. Null for the first secret of a token of an earlier version.
  secret_created_at ${instant} null,
  -- The last accepted use of the current secret.
  secret_used_at ${instant} null,
  -- The lifetime that was given at the creation or at the latest rotation. Null for a token of an earlier
  -- version; its lifetime is the time from created_at to expires_at.
  lifetime_millis bigint null,
  -- The number of uses that were refused because the secret had been replaced and had ended.
  refused_ended_uses bigint default 0 not null,
  constraint personal_access_tokens_pk primary key (id),
  constraint personal_access_tokens_hash_uq unique (token_hash),
  constraint personal_access_tokens_name_uq unique (user_entity_ref, name, unrevoked)
)${table};

-- Newest first of one user.
create index if not exists personal_access_tokens_user on personal_access_tokens (user_entity_ref, created_at, id);
-- Counts of all users' tokens.
create index if not exists personal_access_tokens_expiry on personal_access_tokens (unrevoked, expires_at);
-- By the end of life, for the notices about it.
create index if not exists personal_access_tokens_end on personal_access_tokens (expires_at, created_at, id);

-- The audit log of personal tokens. Rows are only appended.
create table if not exists personal_access_token_audit_log (
  id ${id} not null,
  token_id ${id} not null,
  event varchar(50)${exact} not null,
  actor varchar(800)${exact} not null,
  metadata ${text} not null,
  occurred_at ${instant} not null,
  seq bigint default ${next_audit_seq} not null,
  constraint personal_access_token_audit_log_pk primary key (id)
)${table};

-- Newest first of one token.
create index if not exists personal_access_token_audit_log_token
  on personal_access_token_audit_log (token_id, occurred_at, seq);

-- Keys that sign JWTs. Rows are added and deleted, never changed. sealed_private_key is encrypted with a key
-- that is not in the database. The encryption also protects the other columns: a changed row is rejected.
create table if not exists access_token_signing_keys (
  id varchar(43)${exact} not null,
  generation bigint not null,
  public_key varchar(1000)${exact} not null,
  sealed_private_key varchar(2000)${exact} not null,
  created_at ${instant} not null,
  signs_from ${instant} not null,
  constraint access_token_signing_keys_pk primary key (id),
  constraint access_token_signing_keys_generation_uq unique (generation)
)${table};

-- Personal tokens that wait for their user's consent. state_hash and code_hash are SHA-256 digests of values
-- that only the browser has. code_challenge is defined in RFC 7636.
create table if not exists personal_token_mint_flows (
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

-- The flows of one user, by age.
create index if not exists personal_token_mint_flows_user
  on personal_token_mint_flows (user_entity_ref, created_at, id);
-- Flows by their end, for their deletion.
create index if not exists personal_token_mint_flows_expires on personal_token_mint_flows (expires_at);

-- Notices about tokens. Each row has the facts about its token at the time of writing. Instants are
-- in UTC. A notice is pending on a channel until its deliveries are written.
create table if not exists access_token_notices (
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
  -- The first characters of the raw token with the ended secret that was used. Null for other events.
  ended_secret_prefix varchar(24)${exact} null,
  -- The network address of the client that used the ended secret. Null if it is unknown, and for other events.
  client_address varchar(200)${exact} null,
  constraint access_token_notices_pk primary key (id),
  constraint access_token_notices_key_uq unique (notice_key)
)${table};

-- Notices without webhook deliveries.
create index if not exists access_token_notices_webhooks on access_token_notices (webhooks_pending, id);
-- Notices without mail deliveries.
create index if not exists access_token_notices_mail on access_token_notices (mail_pending, id);
-- Notices by age.
create index if not exists access_token_notices_newest on access_token_notices (occurred_at, id);
-- Notices of one owner by age.
create index if not exists access_token_notices_owner on access_token_notices (owner_ref, occurred_at, id);
-- Notices of one token by age.
create index if not exists access_token_notices_token on access_token_notices (token_id, occurred_at, id);
-- Notices of one event by age, for their deletion.
create index if not exists access_token_notices_event on access_token_notices (event, occurred_at);
-- Notices of one event by the expiry of the token, for the deletion of notices about a coming expiry.
create index if not exists access_token_notices_expiry on access_token_notices (event, expires_at);

-- Deliveries of notices: one webhook for one notice, or one mail for all notices of a day and an
-- address. recipient is the name of a webhook endpoint, or a mail address. A process that sends a
-- delivery holds its claim until claimed_until. mail_day is null for webhooks.
create table if not exists access_token_notice_deliveries (
  id ${id} not null,
  delivery_key varchar(320)${exact} not null,
  channel varchar(10)${exact} not null,
  recipient varchar(254)${exact} not null,
  mail_day date null,
  state varchar(10)${exact} not null,
  attempts integer not null,
  next_attempt_at ${instant} not null,
  claim ${id} null,
  claimed_until ${instant} null,
  last_error varchar(200)${exact} null,
  created_at ${instant} not null,
  ended_at ${instant} null,
  constraint access_token_notice_deliveries_pk primary key (id),
  constraint access_token_notice_deliveries_key_uq unique (delivery_key)
)${table};

-- Deliveries that are due, by recipient.
create index if not exists access_token_notice_deliveries_due
  on access_token_notice_deliveries (channel, state, recipient, next_attempt_at);
-- Deliveries by age: the length of the queue, and the deliveries to delete.
create index if not exists access_token_notice_deliveries_state on access_token_notice_deliveries (state, created_at);

-- The notices of each delivery. The primary key holds a notice only once for each recipient.
create table if not exists access_token_notice_items (
  notice_id ${id} not null,
  channel varchar(10)${exact} not null,
  recipient varchar(254)${exact} not null,
  delivery_id ${id} not null,
  constraint access_token_notice_items_pk primary key (notice_id, channel, recipient)
)${table};

-- The notices of one delivery.
create index if not exists access_token_notice_items_delivery on access_token_notice_items (delivery_id, notice_id);

-- The daily job: the last day whose notices were written, and the process that runs the job now.
create table if not exists access_token_notice_job (
  id smallint not null,
  last_day date null,
  claim ${id} null,
  claimed_until ${instant} null,
  constraint access_token_notice_job_pk primary key (id)
)${table};

-- The only row.
insert into access_token_notice_job (id)
select 1 from (select 1 as one) single where not exists (select 1 from access_token_notice_job);

-- Webhook endpoints that responded with 410. address identifies the URL of the endpoint.
create table if not exists access_token_notice_ended_endpoints (
  endpoint varchar(100)${exact} not null,
  address varchar(64)${exact} not null,
  ended_at ${instant} not null,
  constraint access_token_notice_ended_endpoints_pk primary key (endpoint, address)
)${table};

-- The secrets of service tokens and personal tokens that are not current. ended_at is null for the
-- previous secret of a token until its end is recorded. expires_at is the end of its grace period.
-- uses counts the accepted uses on uses_day (UTC). reported_on is the UTC day of the last use of the
-- ended secret that was written to the audit log.
create table if not exists access_token_secrets (
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

-- Previous secrets by the end of their grace period.
create index if not exists access_token_secrets_due on access_token_secrets (ended_at, expires_at);
-- The previous secret of a token, and the secrets of a token that ended last.
create index if not exists access_token_secrets_token on access_token_secrets (token_id, ended_at);

-- Rotations that a client may repeat, by the digest of token, actor and idempotency key. request is
-- the digest of the request. secret_number is the number of the new secret.
create table if not exists access_token_rotations (
  repeat_key varchar(64)${exact} not null,
  request varchar(64)${exact} not null,
  token_id ${id} not null,
  secret_number int not null,
  rotated_at ${instant} not null,
  constraint access_token_rotations_pk primary key (repeat_key)
)${table};

-- Rotations by age, for their deletion.
create index if not exists access_token_rotations_age on access_token_rotations (rotated_at);

-- The clients that use service tokens. accepted is false for clients whose uses were refused. address and
-- client (the first product of User-Agent) are empty if they are not known. uses counts the uses on the
-- day (UTC) of last_used_at.
create table if not exists access_token_callers (
  token_id ${id} not null,
  secret_number int not null,
  accepted boolean not null,
  address varchar(100)${exact} not null,
  client varchar(64)${exact} not null,
  uses bigint not null,
  last_used_at ${instant} not null,
  constraint access_token_callers_pk primary key (token_id, secret_number, accepted, address, client)
)${table};

-- Callers by their last use, for their deletion.
create index if not exists access_token_callers_age on access_token_callers (last_used_at);
