/**
 * Service tokens, their life cycle, and who may do what with them: the domain, in plain Java.
 *
 * <ol>
 *   <li>{@link io.accesstokens.token.TokenAuthority} holds the use cases. Each asks for permission,
 *       then looks at the request, then makes one call to the store.
 *   <li>Policies are pure functions: {@link io.accesstokens.token.PermissionPolicy} (who may do
 *       what, where, by which rule) and {@link io.accesstokens.token.IssuePolicy} (what a new token
 *       may look like, of which group). Each denial is told to the {@link
 *       io.accesstokens.token.AuditLog} with the rule that decided; the caller learns the
 *       permission only. A limit is told to nobody who could not create the token.
 *   <li>{@link io.accesstokens.token.ServiceToken#statusAt} is the one rule of a token's life.
 *   <li>A {@link io.accesstokens.token.TokenStore} changes state, audit trail and change feed in
 *       one transaction. Uniqueness is the store's to keep, and so is a limit on how many tokens
 *       are live: nobody checks, then inserts.
 *   <li>Uses of known tokens, accepted and refused ones, are counted without I/O and without a lock
 *       ({@link io.accesstokens.token.LastUse}) and written by {@link
 *       io.accesstokens.token.BackgroundWork}. Nothing of it is lost but by a crash.
 *   <li>What went wrong is a fact with a name ({@link io.accesstokens.token.TokenNotFound}, {@link
 *       io.accesstokens.token.NameTaken}); which HTTP status it becomes is decided elsewhere.
 *   <li>Clock and randomness come in through constructors. Instants have milliseconds, so that what
 *       is answered, stored and read again is the same.
 *   <li>A revocation is answered when it is final ({@link io.accesstokens.token.Finality}): after
 *       the commit this process's cache is told, then time passes until no other process can rely
 *       on what it read before. "Already revoked" has the same promise.
 *   <li>Verifiers in other processes read the change feed through one {@link
 *       io.accesstokens.token.SharedFeed}, and {@link io.accesstokens.token.Finality} waits for the
 *       leases that it granted: also in a process that is alone on its store, which would otherwise
 *       wait for nobody. After a restart, a store that is not shared waits for a lease by itself.
 *   <li>Which groups there are, who is in them and what they are called is a {@link
 *       io.accesstokens.token.GroupDirectory}'s to know; whether somebody is still there, that of
 *       {@link io.accesstokens.token.People}. Neither is ever guessed: what cannot be found out is
 *       an outage.
 * </ol>
 *
 * <p>Decision: a store without a change feed (embedded H2, memory) has no {@code SharedFeed}, and
 * grants no leases. Its verifiers introspect each time, which is as final, and needs neither a feed
 * nor a wait.
 *
 * <p>Decision: rules only give. A rule that takes away would make their order matter, and what one
 * person may do could not be told by looking at the rules that name them.
 *
 * <p>Decision: of several limits all hold, instead of the one that names the group most closely:
 * who adds a limit can only narrow. An exception is written as such (the groups that a limit leaves
 * out).
 *
 * <p>Decision: the creation of a token writes no change-feed entry. Its digest has 220 random bits,
 * so nobody can have asked for it before, and there is no cached verdict that it could change.
 *
 * <p>Decision: a batch of counts whose outcome is unknown is written again, so that none is lost;
 * some may then be counted twice. To know better, each replica would have to keep a row of its own
 * in each batch's transaction, which is much for a number that people look at.
 */
@NullMarked
package io.accesstokens.token;

import org.jspecify.annotations.NullMarked;
