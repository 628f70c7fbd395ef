-- The only row.
insert into access_token_notice_job (id) values (1);
