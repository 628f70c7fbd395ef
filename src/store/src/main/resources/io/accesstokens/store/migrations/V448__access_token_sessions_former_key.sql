-- The session that had a key.
create index if not exists access_token_sessions_former_key on access_token_sessions (former_key_hash);
