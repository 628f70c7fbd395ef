-- Uses by day (UTC), of tokens that were used on it. Old days are taken out by upkeep.
create table service_access_token_daily_uses (
  token_id ${id} not null,
  used_on date not null,
  accepted_uses bigint not null,
  refused_uses bigint not null,
  constraint service_access_token_daily_uses_pk primary key (token_id, used_on)
)${table};
