/**
 * Tokens in memory, for tries and tests: what a restart would lose.
 *
 * <ol>
 *   <li>The same promises as the stores in databases, held to them by the same contract suite.
 *   <li>There is nothing behind it that could be out of reach, and no second replica.
 *   <li>The order of ids is that of their text, as in the databases.
 * </ol>
 *
 * <p>Decision: there is no change feed, because nobody else could read it.
 */
@NullMarked
package io.accesstokens.store.memory;

import org.jspecify.annotations.NullMarked;
