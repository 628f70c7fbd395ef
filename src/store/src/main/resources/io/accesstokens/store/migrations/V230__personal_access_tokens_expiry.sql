-- What is counted of all users' tokens.
create index personal_access_tokens_expiry on personal_access_tokens (unrevoked, expires_at);
