-- Deliveries by age: the length of the queue, and the deliveries to delete.
create index access_token_notice_deliveries_state on access_token_notice_deliveries (state, created_at);
