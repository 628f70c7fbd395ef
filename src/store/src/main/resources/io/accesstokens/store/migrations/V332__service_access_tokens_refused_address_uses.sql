-- The number of uses that were refused because the token is limited to other addresses.
alter table service_access_tokens add column refused_address_uses bigint default 0 not null;
