insert into access_token_change_counter (id, last_number) values (1, 0);
