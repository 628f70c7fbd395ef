-- Users in lower case.
update personal_access_tokens set
  user_entity_ref = lower(user_entity_ref),
  revoked_by = case when revoked_by like 'user:%' then lower(revoked_by) else revoked_by end
where user_entity_ref <> lower(user_entity_ref) or (revoked_by <> lower(revoked_by) and revoked_by like 'user:%');
