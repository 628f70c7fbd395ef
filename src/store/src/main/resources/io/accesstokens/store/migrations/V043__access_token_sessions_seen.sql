-- Sessions that nobody used for long.
create index access_token_sessions_seen on access_token_sessions (last_seen_at);
