-- Newest first of one status; expires_at spares a look at the row.
create index service_access_tokens_status on service_access_tokens (list_status, created_at, id, expires_at);
