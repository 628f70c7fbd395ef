-- How often the token was refused because its life was over.
alter table service_access_tokens add column refused_expired_uses bigint default 0 not null;
