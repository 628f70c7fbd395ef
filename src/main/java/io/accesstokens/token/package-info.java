/**
 * Service tokens, their life cycle, and who may do what with them: the domain, in plain Java.
 *
 * <ol>
 *   <li>{@link io.accesstokens.token.TokenAuthority} holds the use cases. Each asks for permission,
 *       then looks at the request, then makes one call to the store.
 *   <li>Policies are pure functions: {@link io.accesstokens.token.PermissionPolicy} (who may do
 *       what, where) and {@link io.accesstokens.token.IssuePolicy} (what a new token may look
 *       like).
 *   <li>{@link io.accesstokens.token.ServiceToken#statusAt} is the one rule of a token's life.
 *   <li>A {@link io.accesstokens.token.TokenStore} changes state, audit trail and change feed in
 *       one transaction. Uniqueness is the store's to keep: nobody checks, then inserts.
 *   <li>What went wrong is a fact with a name ({@link io.accesstokens.token.TokenNotFound}, {@link
 *       io.accesstokens.token.NameTaken}); which HTTP status it becomes is decided elsewhere.
 *   <li>Clock and randomness come in through constructors. Instants have milliseconds, so that what
 *       is answered, stored and read again is the same.
 *   <li>A revocation is answered when it is final ({@link io.accesstokens.token.Finality}): after
 *       the commit this process's cache is told, then time passes until no other process can rely
 *       on what it read before. "Already revoked" has the same promise.
 * </ol>
 *
 * <p>Decision: the creation of a token writes no change-feed entry. Its digest has 220 random bits,
 * so nobody can have asked for it before, and there is no cached verdict that it could change.
 */
@NullMarked
package io.accesstokens.token;

import org.jspecify.annotations.NullMarked;
