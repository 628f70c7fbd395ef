-- The lifetime that was given at the creation or at the latest rotation. Null for a token of an earlier
-- version; its lifetime is the time from created_at to expires_at.
alter table personal_access_tokens add column lifetime_millis bigint null;
