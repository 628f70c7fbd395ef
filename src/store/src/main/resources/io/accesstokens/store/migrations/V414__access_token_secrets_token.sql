-- The previous secret of a token, and the secrets of a token that ended last.
create index access_token_secrets_token on access_token_secrets (token_id, ended_at);
