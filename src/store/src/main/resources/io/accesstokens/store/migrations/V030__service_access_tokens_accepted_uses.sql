-- How often the token was accepted as a credential. The last time is last_used_at.
alter table service_access_tokens add column accepted_uses bigint default 0 not null;
