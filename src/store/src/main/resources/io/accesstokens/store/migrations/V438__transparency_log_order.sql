-- The events that are not in the log yet, in the order in which they were written; and an event by its index. Clocks of
-- processes can differ, so the time is not the order of the events of one token. Each statement can be repeated.
create index if not exists service_access_token_audit_log_pending on service_access_token_audit_log (log_index, seq);
create index if not exists personal_access_token_audit_log_pending on personal_access_token_audit_log (log_index, seq);
drop index if exists service_access_token_audit_log_unlogged${drop_index_on}service_access_token_audit_log;
drop index if exists personal_access_token_audit_log_unlogged${drop_index_on}personal_access_token_audit_log;
