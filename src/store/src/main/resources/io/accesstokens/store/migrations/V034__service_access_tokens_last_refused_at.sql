-- When the token was refused last, for either reason.
alter table service_access_tokens add column last_refused_at ${instant} null;
