-- The flows of one user, by age.
create index personal_token_mint_flows_user on personal_token_mint_flows (user_entity_ref, created_at, id);
