/**
 * The interfaces of the stores for tokens, audit log and reports.
 *
 * <ol>
 *   <li>One call of a {@link io.accesstokens.token.store.TokenStore} changes the token, the audit
 *       log and the change feed in one transaction.
 *   <li>The store enforces unique names, and the limits on the live tokens of a group or a user. If
 *       the service checked a limit before the insert, concurrent requests could exceed the limit.
 *   <li>The creation of a token writes no change-feed entry, because no verdict about a new token
 *       can be cached.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0007-change-feed.md}.
 */
@NullMarked
package io.accesstokens.token.store;

import org.jspecify.annotations.NullMarked;
