/**
 * The schema, and the migrations that create it on any {@code DataSource}.
 *
 * <ol>
 *   <li>{@link io.accesstokens.store.schema.Migrations} works beside the tables of a host
 *       application, and in many replicas at the same time.
 *   <li>Migrations only add, and each makes one change, because DDL of MariaDB is not
 *       transactional. So their order does not matter, and any missing one is applied.
 *   <li>Migrations contain no types of one database. {@link
 *       io.accesstokens.store.jdbc.DatabaseKind} defines placeholders for the differences.
 *   <li>Text is compared by its bytes.
 *   <li>The database generates the columns {@code unrevoked} and {@code list_status} from {@code
 *       revoked_at}. So they cannot contradict it, whichever program writes the row. It also
 *       generates {@code search_text} and the columns for sorting ({@code created_by_key}, {@code
 *       last_used_order}).
 * </ol>
 */
@NullMarked
package io.accesstokens.store.schema;

import org.jspecify.annotations.NullMarked;
