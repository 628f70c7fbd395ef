-- The order in which audit events are written.
create sequence service_access_token_audit_seq;
