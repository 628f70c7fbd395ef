/**
 * People and groups of an LDAP server: an identity store that checks their passwords, and a
 * directory of their groups.
 *
 * <ol>
 *   <li>A person is looked up by the name that was typed, below one DN, and must be the only one
 *       that matches; then the password is tried by a bind as that entry. An empty password is
 *       refused before anything is sent: to a server it asks for an anonymous session, which is
 *       granted (RFC 4513 §5.1.2). An unknown name costs a bind, too, as an entry that does not
 *       exist, so that the number of requests does not tell which names exist.
 *   <li>Filters are put together from parts, never from text, so a name can be nothing but the
 *       value of an attribute. Referrals are not followed: whoever writes one into the directory
 *       would have passwords sent where they like.
 *   <li>What a user filter leaves out is nobody: that is how disabled accounts are kept out, whose
 *       mark differs from server to server. It is asked at each sign-in and each look-up of groups.
 *   <li>Who somebody is, is made of an attribute's value as it stands in the directory, not as it
 *       was typed: to a server, {@code Carol} and {@code carol} are one, and they must be one
 *       person here. Refs ignore case as well; names in {@code memberUid} do not, so those are
 *       asked for as the entry has them.
 *   <li>A server that does not answer, or answers with anything but a verdict, is an outage: 503,
 *       in bounded time. Each connection and each answer has a time-out, few ask at a time, few
 *       wait. Nothing has to be done when it is back: a connection that has died is replaced when
 *       it is next used.
 *   <li>TLS, by {@code ldaps:} or StartTLS, which fails if the certificate is not that of the host
 *       or comes of no trusted authority. There is no fallback to the clear.
 *   <li>Groups of groups count: their members are found group by group upwards, each group once, so
 *       that a circle ends. Memberships are relied on for some seconds ({@code cacheSeconds}), then
 *       asked for again; that long somebody keeps the rights of a group that they have left.
 *   <li>Whether a group exists is asked each time. A group or a person whose name cannot be part of
 *       a ref (it has a space, say) is none.
 * </ol>
 *
 * <p>Decision: the UnboundID LDAP SDK, not Jakarta Security's {@code LdapIdentityStore}. Soteria's
 * (3.0.3) pastes the caller's name into filters and DNs with {@code String.format} and escapes
 * nothing, knows no StartTLS and no time-outs but the server's own, opens a connection for each
 * request, and finds no groups of groups. Nor JNDI, on which it stands: time-outs, StartTLS and a
 * bound on its pool do not go together there.
 *
 * <p>Decision: good passwords are not remembered here. A bind costs a server far less than what
 * {@code login} spends on a hash, and whoever is locked there is out at once.
 *
 * <p>Out of scope: several servers with failover (a name that resolves to what is up will do),
 * password changes, SASL.
 */
@NullMarked
package io.accesstokens.ldap;

import org.jspecify.annotations.NullMarked;
