-- The order in which audit events are written. On MariaDB, a step of 0 is that of auto_increment: 1 on a
-- server alone, and on the nodes of a Galera cluster one that keeps them apart, without which it
-- refuses a sequence.
create sequence service_access_token_audit_seq${audit_seq_step};
