-- The notices of each delivery. The primary key holds a notice only once for each recipient.
create table access_token_notice_items (
  notice_id ${id} not null,
  channel varchar(10)${exact} not null,
  recipient varchar(254)${exact} not null,
  delivery_id ${id} not null,
  constraint access_token_notice_items_pk primary key (notice_id, channel, recipient)
)${table};
