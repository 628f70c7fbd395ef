-- Both tables of tokens have the same columns for uses. Personal tokens have no limits.
alter table personal_access_tokens add column refused_address_uses bigint default 0 not null;
