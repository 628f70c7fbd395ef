-- The tokens of one status by the last use. V450 also creates this index, but not concurrently, so PostgreSQL would
-- block all changes of tokens.
${create_index}service_access_tokens_status_last_used
  on service_access_tokens (list_status, last_used_order, created_at, id, expires_at);
