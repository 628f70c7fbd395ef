/**
 * The interfaces of the stores for tokens, audit log and reports.
 *
 * <p>One call changes the token, the audit log and the change feed in one transaction.
 */
@NullMarked
package io.accesstokens.token.store;

import org.jspecify.annotations.NullMarked;
