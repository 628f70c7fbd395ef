-- Callers by their last use, for their deletion.
create index access_token_callers_age on access_token_callers (last_used_at);
