-- The number of the current secret. The first secret of a token has the number 1.
alter table personal_access_tokens add column secret_number int default 1 not null;
