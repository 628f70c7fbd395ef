/**
 * Verifies passwords against an LDAP server, and reads the groups of users from the server. This
 * package contains an identity store, a group directory and a mail directory.
 *
 * <ol>
 *   <li>The store searches for the user by the typed name, below one base DN. The name must match
 *       exactly one entry. The password is then verified by a bind as that entry. An empty password
 *       is rejected before any request is sent, because a bind with an empty password is anonymous
 *       and succeeds (RFC 4513, section 5.1.2). For an unknown name, the store sends a bind as an
 *       entry that does not exist. The number of requests therefore does not reveal which names
 *       exist.
 *   <li>Filters are built from parts, never from text. A name can therefore only be the value of an
 *       attribute. Referrals are not followed, because the author of a referral could redirect
 *       passwords to another server.
 *   <li>An entry that the user filter excludes is not a user. The operator must configure a filter
 *       that excludes disabled accounts, because each server product marks disabled accounts in a
 *       different way. The filter applies to each sign-in and each look-up of groups.
 *   <li>A user ref contains the attribute value from the user's entry, not the typed name. For an
 *       LDAP server, {@code Carol} and {@code carol} are the same name, so both spellings must give
 *       the same user ref. User refs also ignore case. Names in {@code memberUid} are
 *       case-sensitive. A search for a name in {@code memberUid} therefore uses the spelling in the
 *       user's entry.
 *   <li>An HTTP request fails with 503, in bounded time, if the LDAP server does not respond. The
 *       HTTP request also fails with 503 if the LDAP response neither accepts nor rejects the
 *       password. Each connection and each complete response has a timeout, and the length of a
 *       response is limited. The number of concurrent LDAP requests and the number of waiting
 *       requests are limited. No action is necessary when the server is available again: a dead
 *       connection is replaced at its next use.
 *   <li>TLS is used through {@code ldaps:} or StartTLS. The connection fails if the certificate
 *       does not match the host or is not signed by a trusted authority. There is no fallback to
 *       plain text.
 *   <li>Membership in nested groups counts, unless the operator disables it. The search visits each
 *       parent group once, so that a cycle does not cause an endless loop. Memberships are cached
 *       for some seconds ({@code cacheSeconds}). For this time, a user keeps the permissions of a
 *       group that the user has left.
 *   <li>Each check for the existence of a group sends a search, without a cache. A group or a user
 *       is ignored if the name cannot be part of an entity ref. For example, an entity ref cannot
 *       contain a space.
 *   <li>Verified passwords are not cached. A user who is locked on the server therefore cannot sign
 *       in any more.
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
