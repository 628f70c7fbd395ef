-- The next migration creates these indexes with the status as the first column. V449 explains why they are dropped.
${drop_replaced_index}service_access_tokens_group_status;
${drop_replaced_index}service_access_tokens_counts;
