-- Newest first of one group.
create index service_access_tokens_group on service_access_tokens (group_entity_ref, created_at, id);
