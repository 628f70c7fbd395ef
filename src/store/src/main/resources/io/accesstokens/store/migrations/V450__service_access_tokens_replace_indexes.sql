-- With all columns of a query, an index is read without the rows. Each statement can be repeated.
-- Tokens whose stage must change.
${replace_index}service_access_tokens_due
  on service_access_tokens (list_status, expires_at, created_at, id);
-- By creator, and newest first of one creator.
${replace_index}service_access_tokens_creator
  on service_access_tokens (created_by_key, created_at, id, list_status, expires_at);
-- Counts of one group, and its tokens by the last use.
${replace_index}service_access_tokens_counts
  on service_access_tokens (group_entity_ref, list_status, expires_at, last_used_order, created_at, id);
-- The tokens of one status by the last use.
create index if not exists service_access_tokens_status_last_used
  on service_access_tokens (list_status, last_used_order, created_at, id, expires_at);
