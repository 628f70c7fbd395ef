/**
 * Verifies passwords against an LDAP server, and reads the groups of users from the server. This
 * package contains an identity store and a group directory.
 *
 * <ol>
 *   <li>A user is searched by the typed name, below one base DN. The name must match exactly one
 *       entry. The password is then verified by a bind as that entry. An empty password is rejected
 *       before any request is sent, because a bind with an empty password is anonymous and succeeds
 *       (RFC 4513 §5.1.2). For an unknown name, the store sends a bind as an entry that does not
 *       exist. The number of requests therefore does not reveal which names exist.
 *   <li>Filters are built from parts, never from text. A name can therefore only be the value of an
 *       attribute. Referrals are not followed, because the author of a referral could redirect
 *       passwords to another server.
 *   <li>An entry that the user filter excludes is not a user. The filter must exclude disabled
 *       accounts. Each server product marks disabled accounts in another way. The filter is applied
 *       at each sign-in and each look-up of groups.
 *   <li>A user ref is built from the value of an attribute as stored in the directory, not as
 *       typed. For an LDAP server, {@code Carol} and {@code carol} are the same name, so both
 *       spellings must give the same user ref. Refs ignore case as well. Names in {@code memberUid}
 *       are case-sensitive, so a search for such a name uses the spelling in the entry.
 *   <li>A request fails with 503, in bounded time, if the server does not respond. The request also
 *       fails with 503 if the response does not accept or reject the password. Each connection and
 *       each response has a timeout. The number of concurrent requests and the number of waiting
 *       requests are small. No action is necessary when the server is available again: a dead
 *       connection is replaced at its next use.
 *   <li>TLS is used through {@code ldaps:} or StartTLS. The connection fails if the certificate
 *       does not match the host or is not signed by a trusted authority. There is no fallback to
 *       plain text.
 *   <li>Membership in nested groups counts. The search visits each parent group once, so that a
 *       cycle does not cause an endless loop. Memberships are cached for some seconds ({@code
 *       cacheSeconds}). For this time, a user keeps the permissions of a group that the user has
 *       left.
 *   <li>The existence of a group is searched each time and is not cached. A group or a user is
 *       ignored if the name cannot be part of a ref. For example, a name with a space cannot be
 *       part of a ref.
 *   <li>Verified passwords are not cached, so a user who is locked on the server loses access at
 *       once.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0013-sign-in-libraries.md}.
 *
 * <p>Out of scope:
 *
 * <ul>
 *   <li>Several servers with failover. A host name that resolves to an available server is
 *       sufficient.
 *   <li>Password changes.
 *   <li>SASL.
 * </ul>
 */
@NullMarked
package io.accesstokens.ldap;

import org.jspecify.annotations.NullMarked;
