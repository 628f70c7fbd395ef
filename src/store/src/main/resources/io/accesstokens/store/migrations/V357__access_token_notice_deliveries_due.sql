-- Deliveries that are due, by recipient.
create index access_token_notice_deliveries_due on access_token_notice_deliveries (channel, state, recipient, next_attempt_at);
