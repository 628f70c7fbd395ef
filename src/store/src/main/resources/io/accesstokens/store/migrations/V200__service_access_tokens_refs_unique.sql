-- Entity refs are case-insensitive and stored in lower case. Where groups that differ only in case have
-- unrevoked tokens of one name, all but one of them get a name that ends in eight characters of their id.
update service_access_tokens set name = concat(left(name, 91), '-', right(id, 8))
where revoked_at is null and group_entity_ref <> lower(group_entity_ref) and exists (
  select 1 from (select id, name, group_entity_ref from service_access_tokens where revoked_at is null) other
  where other.name = service_access_tokens.name
    and lower(other.group_entity_ref) = lower(service_access_tokens.group_entity_ref)
    and (other.group_entity_ref = lower(other.group_entity_ref) or other.id < service_access_tokens.id));
