/**
 * Stores that keep their data in memory, for trials and tests. A restart loses all data.
 *
 * <ol>
 *   <li>These stores give the same guarantees as the database stores. One contract suite tests
 *       both.
 *   <li>These stores depend on no external system, and there is no second replica.
 *   <li>Ids are ordered by their text, as in the databases.
 *   <li>There is no change feed, because no other process could read it.
 * </ol>
 */
@NullMarked
package io.accesstokens.store.memory;

import org.jspecify.annotations.NullMarked;
