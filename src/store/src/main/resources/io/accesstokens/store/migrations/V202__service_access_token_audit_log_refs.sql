-- Groups and users in lower case, by which the audit log is searched.
update service_access_token_audit_log set
  group_entity_ref = lower(group_entity_ref),
  actor = case when actor like 'user:%' or actor like 'service-token:%' then lower(actor) else actor end
where group_entity_ref <> lower(group_entity_ref)
  or (actor <> lower(actor) and (actor like 'user:%' or actor like 'service-token:%'));
