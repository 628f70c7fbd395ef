-- As for service tokens: users that differ only in case are one user now, whose token names are unique.
update personal_access_tokens set name = concat(left(name, 91), '-', right(id, 8))
where revoked_at is null and user_entity_ref <> lower(user_entity_ref) and exists (
  select 1 from (select id, name, user_entity_ref from personal_access_tokens where revoked_at is null) other
  where other.name = personal_access_tokens.name
    and lower(other.user_entity_ref) = lower(personal_access_tokens.user_entity_ref)
    and (other.user_entity_ref = lower(other.user_entity_ref) or other.id < personal_access_tokens.id));
