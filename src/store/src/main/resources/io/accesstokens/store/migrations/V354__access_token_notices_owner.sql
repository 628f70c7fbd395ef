-- Notices of one owner by age.
create index access_token_notices_owner on access_token_notices (owner_ref, occurred_at, id);
