-- Groups and users for which the number of live tokens is limited. Writing the row makes those who
-- issue tokens for one of them come one after the other. issued is how often that was tried.
create table access_token_holders (
  holder_ref varchar(510)${exact} not null,
  issued bigint default 0 not null,
  constraint access_token_holders_pk primary key (holder_ref)
)${table};
