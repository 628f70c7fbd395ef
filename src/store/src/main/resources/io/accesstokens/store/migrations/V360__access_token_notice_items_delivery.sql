-- The notices of one delivery.
create index access_token_notice_items_delivery on access_token_notice_items (delivery_id, notice_id);
