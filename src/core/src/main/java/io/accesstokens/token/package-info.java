/**
 * Service and personal tokens, their life cycle, and who may do what with them: the domain, in
 * plain Java.
 *
 * <ol>
 *   <li>{@link io.accesstokens.token.ServiceTokenService} holds the use cases. Each asks for
 *       permission, then looks at the request, then makes one call to the store. Those of personal
 *       tokens are in {@link io.accesstokens.token.PersonalTokenService}, where the caller is
 *       always the owner, and in {@link io.accesstokens.token.UserTokenAdministration}.
 *   <li>Policies are pure functions: {@link io.accesstokens.token.PermissionPolicy} (who may do
 *       what, where, by which rule) and {@link io.accesstokens.token.CreationPolicy} (what a new
 *       token may look like, of which group). Each denial is told to the {@link
 *       io.accesstokens.token.AuditLog} with the rule that decided; the caller learns the
 *       permission only. A limit is told to nobody who could not create the token.
 *   <li>{@link io.accesstokens.token.AccessToken#statusAt} is the one rule of a token's life.
 *   <li>A {@link io.accesstokens.token.TokenStore} changes state, audit trail and change feed in
 *       one transaction. Uniqueness is the store's to keep, and so is a limit on how many tokens
 *       are live: nobody checks, then inserts.
 *   <li>Uses of known tokens, accepted and refused ones, are counted without I/O and without a lock
 *       ({@link io.accesstokens.token.UsageRecorder}) and written by {@link
 *       io.accesstokens.token.BackgroundWork}. Nothing of it is lost but by a crash.
 *   <li>What went wrong is a fact with a name ({@link
 *       io.accesstokens.token.TokenNotFoundException}, {@link
 *       io.accesstokens.token.NameTakenException}); which HTTP status it becomes is decided
 *       elsewhere.
 *   <li>Clock and randomness come in through constructors. Instants have milliseconds, so that what
 *       is answered, stored and read again is the same.
 *   <li>A revocation is answered when it is final ({@link
 *       io.accesstokens.token.RevocationBarrier}): after the commit this process's cache is told,
 *       then time passes until no other process can rely on what it read before. "Already revoked"
 *       has the same promise. By default the caller's thread waits; a host that can hold its
 *       answers back says so ({@link io.accesstokens.token.RevocationBarrier.Waiting}).
 *   <li>Several tokens are revoked by one transaction and one wait. What is out of reach is as if
 *       it were not there; what was revoked before has the same promise.
 *   <li>What can be known of all tokens together is in {@link io.accesstokens.token.TokenReports}.
 *       A limited reach is a filter that the store gets: nobody reads all and then leaves out.
 *   <li>Verifiers in other processes read the change feed through one {@link
 *       io.accesstokens.token.ChangeFeedBroker}, and {@link
 *       io.accesstokens.token.RevocationBarrier} waits for the leases that it granted: also in a
 *       process that is alone on its store, which would otherwise wait for nobody. After a restart,
 *       a store that is not shared waits for a lease by itself.
 *   <li>A personal token stands for its user ({@link io.accesstokens.token.Actor.Delegate}). What
 *       it may do is what the user may do at that moment, cut to its scopes. Nothing of a user is
 *       written into a token or kept in the cache of verdicts: whether they are still there, their
 *       groups and so their permissions are looked up at each use, behind the cache.
 *   <li>In a verdict, a scope list says all that a personal token may do: one that was made without
 *       scopes has the scopes to read. So an empty list means nothing at all, whatever was cut
 *       away.
 *   <li>A session whose sign-in is old creates no token that does more than read ({@link
 *       io.accesstokens.token.SignInAge}). This is checked wherever a token is created or allowed,
 *       after the request was found good.
 *   <li>How many good tokens a user has is limited by the store, since whoever counts first and
 *       then adds lets two through.
 *   <li>Which groups there are, who is in them and what they are called is a {@link
 *       io.accesstokens.token.GroupDirectory}'s to know; whether somebody is still there, that of
 *       {@link io.accesstokens.token.UserDirectory}. Neither is ever guessed: what cannot be found
 *       out is an outage.
 * </ol>
 *
 * <p>Decision: a personal token mints no token ({@link
 * io.accesstokens.token.Permissions#DELEGABLE}). It may create service tokens, if its scopes say
 * so; like a service token that manages others, it then gives on only scopes that it holds, no
 * permission, and nothing that outlives it.
 *
 * <p>Decision: of the catalogue's scopes, a personal token has those that its user could give to a
 * service token. Anybody can make a personal token with any scope; if that were enough, a user with
 * no rights would get into whatever is guarded by a scope.
 *
 * <p>Decision: administrators have use cases and paths of their own, so that no parameter of the
 * others could ever name somebody else.
 *
 * <p>Decision: a store without a change feed (embedded H2, memory) has no {@code ChangeFeedBroker},
 * and grants no leases. Its verifiers introspect each time, which is as final, and needs neither a
 * feed nor a wait.
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
 * <p>Decision: uses by day need no type of their own on their way to the store. What is handed over
 * together is of one day, and the last use tells which. They are kept for {@value
 * io.accesstokens.token.DailyUsage#KEPT_DAYS} days, which bounds what a token can cost.
 *
 * <p>Decision: which scopes were really used is not counted. Most uses are decided by whoever asked
 * about the token, and what they required is not known here: half of the truth would look like a
 * scope that nobody needs.
 *
 * <p>Decision: a batch of counts whose outcome is unknown is written again, so that none is lost;
 * some may then be counted twice. To know better, each replica would have to keep a row of its own
 * in each batch's transaction, which is much for a number that people look at.
 */
@NullMarked
package io.accesstokens.token;

import org.jspecify.annotations.NullMarked;
