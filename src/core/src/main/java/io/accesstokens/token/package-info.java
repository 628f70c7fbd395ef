/**
 * Service tokens and personal tokens: their life cycle and the permissions on them. This package is
 * the domain, in plain Java.
 *
 * <ol>
 *   <li>{@link io.accesstokens.token.service.ServiceTokenService} holds the use cases of service
 *       tokens. Each use case first checks the permission, then validates the request, then makes
 *       one call to the store. The use cases of personal tokens are in {@link
 *       io.accesstokens.token.service.PersonalTokenService}, where the caller is always the owner,
 *       and in {@link io.accesstokens.token.service.UserTokenAdministration}.
 *   <li>Policies are pure functions. {@link io.accesstokens.token.policy.PermissionPolicy} decides
 *       who may do what, on which groups, and by which rule. {@link
 *       io.accesstokens.token.policy.CreationPolicy} decides what a new token of a group may
 *       contain.
 *   <li>Each denial is reported to the {@link io.accesstokens.token.audit.AuditLog} with the rule
 *       that decided. The caller sees only the name of the permission. Only a caller who could
 *       create the token sees the limits of its group.
 *   <li>{@link io.accesstokens.token.AccessToken#statusAt} is the only rule for the status of a
 *       token.
 *   <li>A {@link io.accesstokens.token.store.TokenStore} changes the token, the audit log and the
 *       change feed in one transaction. The store enforces unique names and the limits on live
 *       tokens. A check in the service, followed by an insert, would let parallel requests pass the
 *       limit.
 *   <li>Accepted and refused uses of known tokens are counted without I/O and without a lock
 *       ({@link io.accesstokens.token.usage.UsageRecorder}). {@link
 *       io.accesstokens.token.revocation.BackgroundWork} writes the counts. Counts are lost only in
 *       a crash, or when the memory limit of the recorder is reached.
 *   <li>Each error has its own exception type, such as {@link
 *       io.accesstokens.token.TokenNotFoundException} or {@link
 *       io.accesstokens.token.NameTakenException}. The HTTP layer maps these types to status codes.
 *   <li>Constructors inject the clock and the source of randomness. Instants have a precision of
 *       milliseconds, so that the value in a response, the stored value and the value read back are
 *       equal.
 *   <li>A revocation returns when it is final ({@link
 *       io.accesstokens.token.revocation.RevocationBarrier}). After the commit, the token is
 *       removed from the cache of this process. The barrier then waits until no other process can
 *       rely on what it read before. "Already revoked" carries the same guarantee. By default the
 *       calling thread waits. A host that can withhold its responses supplies another {@link
 *       io.accesstokens.token.revocation.RevocationBarrier.Waiting}.
 *   <li>Several tokens are revoked in one transaction with one wait. A token outside the scope of
 *       the actor's permission is treated as if it did not exist. A token that was revoked before
 *       has the same guarantee.
 *   <li>{@link io.accesstokens.token.usage.TokenReports} reports on all service tokens together. A
 *       limited permission becomes a filter of the store query, so that the store never reads
 *       tokens only to leave them out.
 *   <li>Verifiers in other processes read the change feed through one {@link
 *       io.accesstokens.token.revocation.ChangeFeedBroker}. {@link
 *       io.accesstokens.token.revocation.RevocationBarrier} waits for the leases that this broker
 *       granted. This matters for a process that is alone on its store, because such a store
 *       reports no other processes to wait for. After a restart, a store that is not shared waits
 *       for one lease by itself.
 *   <li>A personal token acts as its user ({@link io.accesstokens.token.Actor.Delegate}). Its
 *       permissions are those of the user at that moment, limited to the scopes of the token. No
 *       data of the user is written into a token or into the verdict cache. The existence of the
 *       user, their groups and their permissions are looked up at each use, outside the cache.
 *   <li>In a verdict, the scope list is everything that a personal token may do. A token that was
 *       created without scopes gets the read scopes. An empty list therefore means no permission at
 *       all.
 *   <li>A session whose sign-in is old can create only tokens that read ({@link
 *       io.accesstokens.token.policy.SignInAge}). This is checked wherever a token is created or
 *       allowed, after the request was found valid.
 *   <li>The store limits the number of live tokens of a user. Counting first and inserting later
 *       would let two parallel requests pass.
 *   <li>{@link io.accesstokens.token.directory.GroupDirectory} knows which groups exist, who
 *       belongs to them and their display names. {@link
 *       io.accesstokens.token.directory.UserDirectory} knows whether a user is still present.
 *       Neither result is ever guessed: if a directory cannot find it out, this is an outage.
 *   <li>A personal token cannot create personal tokens ({@link
 *       io.accesstokens.token.Permissions#DELEGABLE}). A service token that it creates gets only
 *       scopes that the personal token holds, no permission, and no lifetime beyond its own.
 *   <li>A scope of the catalogue counts for a personal token only while its user could give it to a
 *       service token.
 *   <li>Administrators have separate use cases and paths. No parameter of the other use cases names
 *       another user.
 *   <li>A store without a change feed (embedded H2, memory) has no {@code ChangeFeedBroker} and
 *       grants no leases. Its remote verifiers introspect every token.
 *   <li>Rules only grant permissions. If several limits apply, all of them hold.
 *   <li>The creation of a token writes no change-feed entry, because no verdict about it can be
 *       cached.
 *   <li>Daily uses are kept for {@value io.accesstokens.token.DailyUsage#KEPT_DAYS} days. The use
 *       of single scopes is not counted. A batch of counts with an unknown outcome is written
 *       again.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0005-permissions-and-limits.md}, {@code
 * src/docs/decisions/0006-personal-tokens-act-as-their-user.md}, {@code
 * src/docs/decisions/0007-change-feed.md}, {@code src/docs/decisions/0008-usage-counts.md}.
 */
@NullMarked
package io.accesstokens.token;

import org.jspecify.annotations.NullMarked;
