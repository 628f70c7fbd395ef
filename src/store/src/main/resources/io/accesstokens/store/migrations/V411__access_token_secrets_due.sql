-- Previous secrets by the end of their grace period.
create index access_token_secrets_due on access_token_secrets (ended_at, expires_at);
