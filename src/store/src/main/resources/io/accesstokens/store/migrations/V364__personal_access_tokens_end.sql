-- By the end of life, for the notices about it.
create index personal_access_tokens_end on personal_access_tokens (expires_at, created_at, id);
