-- Users in lower case, so that all sessions of a person are found. Groups are read in any case.
update access_token_sessions set user_entity_ref = lower(user_entity_ref) where user_entity_ref <> lower(user_entity_ref);
