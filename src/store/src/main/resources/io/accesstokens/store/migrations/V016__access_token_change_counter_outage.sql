alter table access_token_change_counter add column outage_millis bigint;
