-- Newest first of one token.
create index personal_access_token_audit_log_token on personal_access_token_audit_log (token_id, occurred_at, seq);
