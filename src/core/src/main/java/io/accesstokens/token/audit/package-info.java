/**
 * The events of the audit log, and the queries that read it.
 *
 * <p>The store writes each change and its event in one transaction. {@link
 * io.accesstokens.token.audit.AuditListener} receives committed changes and denials, for example
 * for a log file.
 */
@NullMarked
package io.accesstokens.token.audit;

import org.jspecify.annotations.NullMarked;
