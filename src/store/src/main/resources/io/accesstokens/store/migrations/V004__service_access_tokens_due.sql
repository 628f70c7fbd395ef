-- What is due to another stage.
create index service_access_tokens_due on service_access_tokens (list_status, expires_at);
