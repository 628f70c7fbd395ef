-- What a search looks into: name, description and prefix in lower case, each on a line of its own.
alter table service_access_tokens add column search_text varchar(2500)${exact} generated always as (${search_text})${stored};
