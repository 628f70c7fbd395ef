-- Newest first of one group and one kind of event.
create index service_access_token_audit_log_group_event on service_access_token_audit_log (group_entity_ref, event, occurred_at, seq);
