-- Refused callers by their last use.
create index if not exists access_token_callers_refused on access_token_callers (accepted, last_used_at);
