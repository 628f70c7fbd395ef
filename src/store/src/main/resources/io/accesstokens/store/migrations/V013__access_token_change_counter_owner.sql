-- Who started last: under "single" only that process caches verdicts.
alter table access_token_change_counter add column owner_id varchar(36)${exact};
