/**
 * The database schema, and the migrations that create the schema on any {@code DataSource}.
 *
 * <ol>
 *   <li>{@link io.accesstokens.store.schema.Migrations} can run in a schema that also contains the
 *       tables of a host application. Many replicas may call {@code migrate} at the same time, but
 *       on a Galera cluster only the replicas of one node.
 *   <li>Migrations only add to the schema, or change the columns of an index. Each migration makes
 *       one change, or its statements can be repeated, because MariaDB does not run DDL in a
 *       transaction. Every missing migration is applied. The order does not matter, except that
 *       V449 to V452 replace indexes and need this order. New indexes of large tables use the
 *       placeholder {@code create_index}, so that changes do not wait for them on PostgreSQL.
 *   <li>Migrations use placeholders for the differences between databases ({@link
 *       io.accesstokens.store.jdbc.DatabaseKind}).
 *   <li>The database compares text columns byte by byte.
 *   <li>The database generates the columns {@code unrevoked} and {@code list_status} from {@code
 *       revoked_at}. Therefore these columns always agree with {@code revoked_at}, even if another
 *       program writes the row. The database also generates {@code search_text} and the columns for
 *       sorting ({@code created_by_key}, {@code last_used_order}).
 * </ol>
 */
@NullMarked
package io.accesstokens.store.schema;

import org.jspecify.annotations.NullMarked;
