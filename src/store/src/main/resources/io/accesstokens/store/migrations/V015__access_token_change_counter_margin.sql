alter table access_token_change_counter add column margin_millis bigint;
