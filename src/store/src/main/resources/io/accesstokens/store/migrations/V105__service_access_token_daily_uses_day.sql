-- What is old.
create index service_access_token_daily_uses_day on service_access_token_daily_uses (used_on);
