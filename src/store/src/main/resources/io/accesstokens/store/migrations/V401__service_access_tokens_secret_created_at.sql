-- The creation of the current secret. Null for the first secret of a token of an earlier version.
alter table service_access_tokens add column secret_created_at ${instant} null;
