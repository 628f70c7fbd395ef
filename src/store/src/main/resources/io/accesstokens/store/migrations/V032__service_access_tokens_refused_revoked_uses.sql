-- How often the token was refused because it was revoked.
alter table service_access_tokens add column refused_revoked_uses bigint default 0 not null;
