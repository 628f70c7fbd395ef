-- The events of all personal tokens, newest first.
create index if not exists personal_access_token_audit_log_newest
  on personal_access_token_audit_log (occurred_at, seq);
