-- The sessions of one person.
create index access_token_sessions_user on access_token_sessions (user_entity_ref, last_seen_at);
