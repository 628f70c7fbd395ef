-- Flows that are over.
create index personal_token_mint_flows_expires on personal_token_mint_flows (expires_at);
