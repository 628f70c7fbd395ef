-- When the person last proved who they are; null in rows of former versions: at created_at.
alter table access_token_sessions add column signed_in_at ${instant} null;
