-- All that is counted, by group.
create index service_access_tokens_counts on service_access_tokens (group_entity_ref, list_status, expires_at, last_used_order);
