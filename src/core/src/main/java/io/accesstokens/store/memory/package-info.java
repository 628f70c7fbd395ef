/**
 * Stores that keep their data in memory, for trials and tests. A restart deletes all data.
 *
 * <ol>
 *   <li>These stores give the same guarantees as the database stores. The same contract tests run
 *       on both.
 *   <li>Only one process can use these stores. Therefore they have no change feed.
 *   <li>Ids are ordered by their text, as in the databases.
 * </ol>
 */
@NullMarked
package io.accesstokens.store.memory;

import org.jspecify.annotations.NullMarked;
