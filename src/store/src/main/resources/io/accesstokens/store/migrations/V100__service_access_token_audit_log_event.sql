-- Newest first of one kind of event.
create index service_access_token_audit_log_event on service_access_token_audit_log (event, occurred_at, seq);
