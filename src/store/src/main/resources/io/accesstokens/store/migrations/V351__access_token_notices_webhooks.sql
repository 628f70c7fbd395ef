-- Notices without webhook deliveries.
create index access_token_notices_webhooks on access_token_notices (webhooks_pending, id);
