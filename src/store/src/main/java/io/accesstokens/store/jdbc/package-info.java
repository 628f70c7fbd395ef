/** Connections, transactions and their repetition, and the differences between databases. */
@NullMarked
package io.accesstokens.store.jdbc;

import org.jspecify.annotations.NullMarked;
