-- The client addresses and ranges from which the token may be used, as a JSON list. Null if there is no limit.
alter table service_access_tokens add column allowed_addresses ${text} null;
