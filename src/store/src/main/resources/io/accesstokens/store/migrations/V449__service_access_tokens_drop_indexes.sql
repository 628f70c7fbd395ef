-- The next migration creates these indexes with more columns. MariaDB replaces each of them there in one statement, so
-- that processes of the earlier version, whose queries name the indexes, always find them.
${drop_replaced_index}service_access_tokens_due;
${drop_replaced_index}service_access_tokens_creator;
${drop_replaced_index}service_access_tokens_counts;
