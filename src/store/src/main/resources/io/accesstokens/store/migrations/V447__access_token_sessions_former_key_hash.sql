-- The key_hash before the latest renewal of the key. A request that ends the session can have this
-- key. Null if the key was not renewed, or if an earlier version renewed it.
alter table access_token_sessions add column if not exists former_key_hash ${digest} null;
