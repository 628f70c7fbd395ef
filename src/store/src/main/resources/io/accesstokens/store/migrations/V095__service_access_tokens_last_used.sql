-- By the last use.
create index service_access_tokens_last_used on service_access_tokens (last_used_order, created_at, id);
