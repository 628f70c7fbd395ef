-- Newest first of one user.
create index personal_access_tokens_user on personal_access_tokens (user_entity_ref, created_at, id);
