-- Users in lower case.
update personal_token_mint_flows set user_entity_ref = lower(user_entity_ref) where user_entity_ref <> lower(user_entity_ref);
