-- Sessions that are over.
create index access_token_sessions_expires on access_token_sessions (expires_at);
