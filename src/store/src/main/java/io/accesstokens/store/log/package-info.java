/**
 * The transparency log in the database of a token store.
 *
 * <p>An append is one transaction that locks the row of {@code access_token_log}. The statements
 * are native SQL, because an append reads and writes many rows.
 */
@NullMarked
package io.accesstokens.store.log;

import org.jspecify.annotations.NullMarked;
