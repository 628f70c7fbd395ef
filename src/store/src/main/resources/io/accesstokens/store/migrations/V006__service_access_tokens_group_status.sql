-- Newest first of one group and status.
create index service_access_tokens_group_status on service_access_tokens (group_entity_ref, list_status, created_at, id, expires_at);
