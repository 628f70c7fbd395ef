-- One row for each user who ever made a token. The lock on it makes the creations of one user come
-- one after the other, so that each sees how many tokens there are.
create table personal_access_token_users (
  user_entity_ref varchar(510)${exact} not null,
  created bigint default 0 not null,
  constraint personal_access_token_users_pk primary key (user_entity_ref)
)${table};
