-- By the end of life.
create index service_access_tokens_expiry on service_access_tokens (expires_at, created_at, id);
