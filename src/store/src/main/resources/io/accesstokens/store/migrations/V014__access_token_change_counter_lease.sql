-- For how long verdicts may be relied on, the same for all processes; null until one caches any.
alter table access_token_change_counter add column lease_millis bigint;
