-- Groups and users in lower case. Other actors (a command, what an import kept) stay as they are.
update service_access_tokens set
  group_entity_ref = lower(group_entity_ref),
  created_by = case when created_by like 'user:%' or created_by like 'service-token:%' then lower(created_by) else created_by end,
  revoked_by = case when revoked_by like 'user:%' or revoked_by like 'service-token:%' then lower(revoked_by) else revoked_by end
where group_entity_ref <> lower(group_entity_ref)
  or (created_by <> lower(created_by) and (created_by like 'user:%' or created_by like 'service-token:%'))
  or (revoked_by <> lower(revoked_by) and (revoked_by like 'user:%' or revoked_by like 'service-token:%'));
