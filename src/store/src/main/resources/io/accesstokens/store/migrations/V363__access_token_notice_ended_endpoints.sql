-- Webhook endpoints that responded with 410. address identifies the URL of the endpoint.
create table access_token_notice_ended_endpoints (
  endpoint varchar(100)${exact} not null,
  address varchar(64)${exact} not null,
  ended_at ${instant} not null,
  constraint access_token_notice_ended_endpoints_pk primary key (endpoint, address)
)${table};
