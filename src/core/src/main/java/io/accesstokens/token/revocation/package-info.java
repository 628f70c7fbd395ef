/**
 * Makes each revocation final on every replica before the call returns.
 *
 * <ol>
 *   <li>A call that revokes a token returns when the revocation is final ({@link
 *       io.accesstokens.token.revocation.RevocationBarrier}). After the commit, the token is
 *       removed from the cache of this process. The barrier then waits until no other process can
 *       rely on data from before the revocation. The result "already revoked" gives the same
 *       guarantee.
 *   <li>By default the calling thread waits. A host that can withhold its responses supplies
 *       another {@link io.accesstokens.token.revocation.RevocationBarrier.WaitStrategy}.
 *   <li>Several tokens are revoked in one transaction with one wait ({@link
 *       io.accesstokens.token.revocation.RevocationService}). A token outside the scope of the
 *       actor's permission is treated as if it did not exist. The same guarantee holds for a token
 *       that was revoked before.
 *   <li>Verifiers in other processes read the change feed through one {@link
 *       io.accesstokens.token.revocation.ChangeFeedBroker}. The barrier waits for the leases that
 *       this broker granted. This wait is necessary if no other process uses the store, because the
 *       store then reports no processes to wait for. After a restart, a store that is not shared
 *       waits for one lease by itself.
 *   <li>A store without a change feed (embedded H2, memory) has no {@code ChangeFeedBroker} and
 *       grants no leases. Its remote verifiers introspect every token.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0007-change-feed.md}.
 */
@NullMarked
package io.accesstokens.token.revocation;

import org.jspecify.annotations.NullMarked;
