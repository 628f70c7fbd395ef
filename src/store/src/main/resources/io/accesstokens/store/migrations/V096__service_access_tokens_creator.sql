-- By who made them, and newest first of one of them.
create index service_access_tokens_creator on service_access_tokens (created_by_key, created_at, id);
