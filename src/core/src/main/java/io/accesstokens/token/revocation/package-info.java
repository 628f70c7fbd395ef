/**
 * Makes each revocation final on every replica before the call returns.
 *
 * <ol>
 *   <li>A call that revokes a token returns when the revocation is final ({@link
 *       io.accesstokens.token.revocation.RevocationBarrier}). After the commit, the barrier evicts
 *       the token from the cache of this process. The barrier then waits until no other process can
 *       rely on data from before the revocation. The result "already revoked" gives the same
 *       guarantee.
 *   <li>By default, the calling thread waits. A host that can delay its responses without blocking
 *       a thread supplies another {@link
 *       io.accesstokens.token.revocation.RevocationBarrier.WaitStrategy}.
 *   <li>Several tokens are revoked in one transaction with one wait ({@link
 *       io.accesstokens.token.revocation.TokenChangeService}). If the actor lacks the permission on
 *       a token, the token is treated as if it did not exist. The guarantee includes tokens that
 *       were already revoked.
 *   <li>Verifiers in other processes read the change feed through one {@link
 *       io.accesstokens.token.revocation.ChangeFeedBroker}. The barrier waits for the leases that
 *       this broker has granted, because the store does not know these leases. If only one process
 *       uses the store, the store waits for the duration of one lease after a restart. Until then,
 *       leases from before the restart may still be valid.
 *   <li>For a store without a change feed (embedded H2, memory), there is no {@code
 *       ChangeFeedBroker} and no lease. Remote verifiers then introspect every token.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0007-change-feed.md}.
 */
@NullMarked
package io.accesstokens.token.revocation;

import org.jspecify.annotations.NullMarked;
