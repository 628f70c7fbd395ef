-- The number of uses that were refused because the secret had been replaced and had ended.
alter table personal_access_tokens add column refused_ended_uses bigint default 0 not null;
