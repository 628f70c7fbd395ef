-- The last accepted use of the current secret.
alter table service_access_tokens add column secret_used_at ${instant} null;
