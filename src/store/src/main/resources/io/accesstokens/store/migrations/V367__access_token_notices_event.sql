-- Notices of one event by age, for their deletion.
create index access_token_notices_event on access_token_notices (event, occurred_at);
