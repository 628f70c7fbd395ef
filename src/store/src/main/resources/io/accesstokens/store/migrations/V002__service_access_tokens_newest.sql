-- Newest first.
create index service_access_tokens_newest on service_access_tokens (created_at, id);
