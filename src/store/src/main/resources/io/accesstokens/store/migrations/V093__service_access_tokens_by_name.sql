-- By name.
create index service_access_tokens_by_name on service_access_tokens (name, created_at, id);
