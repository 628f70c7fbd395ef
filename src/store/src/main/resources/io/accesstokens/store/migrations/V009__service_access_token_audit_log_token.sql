-- Newest first of one token.
create index service_access_token_audit_log_token on service_access_token_audit_log (token_id, occurred_at, seq);
