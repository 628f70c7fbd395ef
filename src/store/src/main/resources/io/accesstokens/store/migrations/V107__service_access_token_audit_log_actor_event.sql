-- Newest first of one actor and one kind of event.
create index service_access_token_audit_log_actor_event on service_access_token_audit_log (actor_key, event, occurred_at, seq);
