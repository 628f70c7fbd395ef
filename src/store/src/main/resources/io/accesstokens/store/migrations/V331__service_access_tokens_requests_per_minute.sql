-- The number of requests that one process accepts in a minute. Null if there is no limit.
alter table service_access_tokens add column requests_per_minute int null;
