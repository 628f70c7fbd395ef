-- last_used_at, with an instant before all others for tokens that never were used: databases differ
-- in where they put nulls.
alter table service_access_tokens add column last_used_order ${instant} generated always as (coalesce(last_used_at, timestamp '1970-01-01 00:00:00'))${stored};
