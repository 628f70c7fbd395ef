-- The token's group, which never changes, so that a group's trail is found by an index. Upkeep fills it
-- in where it is null: in rows that older versions wrote. What is not filled in yet is found, too.
alter table service_access_token_audit_log add column group_entity_ref varchar(510)${exact} null;
