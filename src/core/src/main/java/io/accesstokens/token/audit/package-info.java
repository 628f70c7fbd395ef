/**
 * The audit log: its events, and the queries that read it.
 *
 * <p>The store writes an event in the transaction of the change that it describes. {@link
 * io.accesstokens.token.audit.AuditLog} receives committed changes and denials, for example for a
 * log file.
 */
@NullMarked
package io.accesstokens.token.audit;

import org.jspecify.annotations.NullMarked;
