-- Users in lower case.
update personal_access_token_audit_log set actor = lower(actor) where actor like 'user:%' and actor <> lower(actor);
