-- Newest first of one actor.
create index service_access_token_audit_log_actor on service_access_token_audit_log (actor_key, occurred_at, seq);
