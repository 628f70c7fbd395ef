/**
 * Sign-in with a password: users files, the container's realm, HTTP Basic, and the limits on
 * guesses.
 *
 * <p>Passwords and hashes:
 *
 * <ol>
 *   <li>Passwords are stored only as {@link io.accesstokens.login.password.PasswordHash}:
 *       PBKDF2-HMAC-SHA256 with at least 600,000 iterations. The service does not start if a stored
 *       hash has too few iterations. The service also does not start if a stored hash has so many
 *       iterations that a verification could deny service.
 *   <li>Names and passwords, except those for a container's realm, are prepared by RFC 7617,
 *       section 2.1 ({@link io.accesstokens.login.password.PreparedPassword}): Unicode NFC, every
 *       space as an ASCII space, no control characters. Therefore a password with "é" works on
 *       every keyboard. Names are case-sensitive.
 *   <li>The verification takes the same time for an unknown name as for a known name ({@link
 *       io.accesstokens.login.password.UsersFileIdentityStore}). An unknown name is verified
 *       against a decoy hash. The decoy hash has as many iterations as the hash of an existing
 *       user. This number of iterations is always the same for the same name.
 *   <li>Hashes are expensive by design, so their number is bounded:
 *       <ul>
 *         <li>Concurrent verifications of one credential share one hash.
 *         <li>A verified credential is cached for ten minutes.
 *         <li>A {@link io.accesstokens.login.Bulkhead} limits the number of concurrent
 *             verifications.
 *         <li>Credentials that were valid in the last hour have a separate bulkhead. A flood of
 *             wrong passwords therefore does not block active users.
 *       </ul>
 *   <li>A change of a user in the users file immediately invalidates the cached results for this
 *       user. The cache key contains the stored hash and the user ref.
 *   <li>{@link io.accesstokens.login.password.PasswordPolicy} checks a new password when it is
 *       hashed. A stored hash does not show whether its password meets the policy.
 * </ol>
 *
 * <p>Rejections and limits:
 *
 * <ol>
 *   <li>Wrong, malformed and unknown credentials get the same 401. The log never contains an
 *       unknown name, because users type passwords into the wrong field.
 *   <li>Password guesses are limited for each pair of name and address ({@link
 *       io.accesstokens.login.password.SignInLimit}). Guesses are never limited for a name alone,
 *       because any client could then lock out the user. If the limit is reached, the response is
 *       429 and no password is verified. The response therefore does not reveal whether the
 *       password is right, and needs no hash.
 *   <li>There is no separate limit on guesses for many names from one address, because one address
 *       can belong to a whole office. Only the limit on concurrent hashes restricts these guesses.
 *   <li>An unsafe request must pass the origin check if browsers add its credential automatically
 *       ({@link io.accesstokens.http.caller.OriginCheck}). The check runs after the verification of
 *       the credential. A request with a wrong credential therefore gets 401 and not 403.
 * </ol>
 *
 * <p>Sources of users:
 *
 * <ol>
 *   <li>The sample users have public passwords, so they can sign in over loopback only ({@link
 *       io.accesstokens.login.password.SampleUsers}). If the request names a host, the host must be
 *       {@code localhost}, a name below {@code localhost}, or a loopback address. This rule also
 *       applies to a users file or a realm in which a sample user has the public password.
 *   <li>The passwords of the built-in sample users are hashed with one iteration, because public
 *       passwords need no protection against guessing.
 *   <li>A reverse proxy on the same machine can look like a local client. This is the case if the
 *       proxy does not use HTTP/1.0, and adds none of the headers {@code Forwarded}, {@code Via},
 *       {@code X-Real-IP} and {@code X-Forwarded-*}. Do not use such a proxy with the sample.
 *   <li>The realm of a servlet container can replace the users file ({@link
 *       io.accesstokens.login.password.RealmIdentityStore}):
 *       <ul>
 *         <li>The container verifies every request and applies its own lockout. This package caches
 *             nothing.
 *         <li>This package calls {@code HttpServletRequest.login}, which creates no session, and
 *             then immediately signs the user out of the container. This package keeps the name and
 *             those roles of the user that a policy rule uses.
 *         <li>On Payara, a deployment descriptor defines the roles. A group of the realm then also
 *             counts as the role with the same name.
 *         <li>The number of concurrent calls is limited, because a realm may block.
 *       </ul>
 *   <li>A users file can be used in addition to another store ({@link
 *       io.accesstokens.login.password.UsersFileFirstIdentityStore}). The file is for a few
 *       accounts that must work during an outage of the other store. No user of the other store can
 *       sign in as a user of the file. Every rejection does the work of both stores.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0013-sign-in-libraries.md}.
 */
@NullMarked
package io.accesstokens.login.password;

import org.jspecify.annotations.NullMarked;
