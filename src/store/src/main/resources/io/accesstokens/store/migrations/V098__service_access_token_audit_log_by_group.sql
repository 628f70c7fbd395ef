-- Newest first of one group.
create index service_access_token_audit_log_group on service_access_token_audit_log (group_entity_ref, occurred_at, seq);
