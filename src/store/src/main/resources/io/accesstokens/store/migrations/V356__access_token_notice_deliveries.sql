-- Deliveries of notices: one webhook for one notice, or one mail for all notices of a day and an
-- address. recipient is the name of a webhook endpoint, or a mail address. A process that sends a
-- delivery holds its claim until claimed_until. mail_day is null for webhooks.
create table access_token_notice_deliveries (
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
