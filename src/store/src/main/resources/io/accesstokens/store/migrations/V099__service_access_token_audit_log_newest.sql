-- Newest first.
create index service_access_token_audit_log_newest on service_access_token_audit_log (occurred_at, seq);
