-- The origin of the web page that started the flow. Null if the request reported none.
alter table personal_token_mint_flows add column if not exists origin varchar(300)${exact} null;
