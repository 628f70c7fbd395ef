-- The indexes begin with the status. So a list of one status in the order of the groups reads only tokens of that
-- status. Each statement can be repeated.
-- Newest first of one status and group, and the tokens of one status by group.
${replace_index}service_access_tokens_group_status
  on service_access_tokens (list_status, group_entity_ref, created_at, id, expires_at);
-- The tokens of one status and group by the last use, and counts by status and group.
${replace_index}service_access_tokens_counts
  on service_access_tokens (list_status, group_entity_ref, last_used_order, created_at, id, expires_at);
