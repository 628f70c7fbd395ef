/**
 * Signs users in: passwords, HTTP Basic, browser sessions, OpenID Connect, and the protection of
 * browsers against forged requests.
 *
 * <ol>
 *   <li>Passwords are stored only as {@link io.accesstokens.login.password.PasswordHash}:
 *       PBKDF2-HMAC-SHA256 with at least 600,000 iterations. A weaker stored hash prevents the
 *       start. So does a hash that is expensive enough to deny service.
 *   <li>Names and passwords are prepared by RFC 7617 §2.1 ({@link
 *       io.accesstokens.login.password.PreparedPassword}): Unicode NFC, every space as an ASCII
 *       space, no control characters. A password with "é" is therefore the same on every keyboard.
 *       Names are case-sensitive.
 *   <li>The verification takes the same time for an unknown name as for a known name ({@link
 *       io.accesstokens.login.password.UsersFileIdentityStore}). An unknown name is verified
 *       against a decoy hash. The decoy costs as much as the hash of some existing user, always the
 *       same for the same name.
 *   <li>Hashes are expensive by design, so their number is bounded:
 *       <ul>
 *         <li>Concurrent verifications of one credential share one hash.
 *         <li>A verified credential is cached for five seconds.
 *         <li>The number of running verifications, the number of waiting threads and the wait time
 *             are limited. Beyond these limits there is an outage ({@link
 *             io.accesstokens.login.SignInUnavailableException}, 503), not a rejection.
 *         <li>Client addresses share the capacity fairly ({@link io.accesstokens.login.Bulkhead}).
 *             A flood of names from one address delays another address by at most two hashes.
 *         <li>Credentials that were valid in the last hour have a separate bulkhead. A flood of
 *             wrong passwords therefore does not block active users.
 *       </ul>
 *   <li>A changed users file invalidates cached verdicts at once, because a cached verdict is bound
 *       to the stored hash and to the ref of the user.
 *   <li>Wrong, malformed and unknown credentials get the same 401. The log never contains an
 *       unknown name, because users type passwords into the wrong field.
 *   <li>The sample users have public passwords, so they can sign in over loopback only ({@link
 *       io.accesstokens.login.password.SamplePeople}). The request must use an address or a name of
 *       the machine itself. This applies to every users file that contains them. The passwords of
 *       the built-in sample users are hashed with one iteration, because public passwords need no
 *       protection against guessing. A reverse proxy on the same machine that adds no {@code
 *       Forwarded} or {@code X-Forwarded-*} header looks like a local client. Do not use such a
 *       proxy with the sample.
 *   <li>An unsafe request that is authenticated by a credential that browsers send by themselves
 *       must pass the origin check ({@link io.accesstokens.login.password.OriginCheck}). The check
 *       runs after the credentials were verified, so 401 comes before 403.
 *   <li>The realm of a servlet container can replace the users file ({@link
 *       io.accesstokens.login.password.RealmIdentityStore}):
 *       <ul>
 *         <li>The container verifies every request and applies its own lockout. This package caches
 *             nothing.
 *         <li>The container is called by {@code HttpServletRequest.login}, which creates no
 *             session, and is logged out at once. This package keeps the name and the roles that a
 *             rule uses.
 *         <li>On Payara, the roles are those of a deployment descriptor. There, a group of the
 *             realm also counts as the role of the same name.
 *         <li>A name that cannot be part of a ref is rejected ({@link
 *             io.accesstokens.login.EntityRefTemplate}).
 *         <li>The number of concurrent calls is limited, because a realm may hang.
 *         <li>Rule 7 applies to the passwords of the realm, too.
 *       </ul>
 *   <li>Password guesses are limited for each pair of name and address ({@link
 *       io.accesstokens.login.password.SignInLimit}). They are never limited for a name alone,
 *       because any client could then lock out the user. Beyond the limit, the response is 429 and
 *       no password is verified. The response therefore reveals nothing and costs no hash. Guesses
 *       of one password for many names from one address are limited only by rule 4, because one
 *       address can belong to a whole office.
 *   <li>{@link io.accesstokens.login.session.SessionResource} begins a session (see {@code
 *       session}) after a password sign-in, under all of the rules above. The session key is in a
 *       cookie that scripts cannot read ({@link io.accesstokens.login.session.OwnCookie}). Over
 *       TLS, a sibling subdomain cannot plant the cookie.
 *   <li>The state of the user is loaded for each request in a session ({@link
 *       io.accesstokens.login.session.BrowserSessions}): whether the user may still sign in with
 *       the same login method ({@link io.accesstokens.login.AccountStatus}), the groups and the
 *       permissions. The container's realm cannot be queried for this, because it needs the
 *       password. With a realm, the roles of the sign-in apply until the session ends.
 *   <li>An unsafe request in a session must pass the origin check and have the header {@code
 *       X-Requested-With}. A sign-in must also pass the origin check, with or without a cookie. Its
 *       body is JSON, so a form of another site cannot send it.
 *   <li>An {@code Authorization} header takes precedence over a cookie, because the client sends it
 *       on purpose. An invalid cookie is ignored, and the request is anonymous.
 *   <li>A users file in addition to another store ({@link
 *       io.accesstokens.login.password.UsersFileFirst}) is for a few accounts that must work during
 *       an outage of the other store. No user of the other store can be a user of the file. A
 *       rejection costs the same work in both stores.
 *   <li>{@link io.accesstokens.login.password.PasswordPolicy} checks a new password when it is
 *       hashed. A stored hash does not show whether its password meets the policy.
 *   <li>Users can also sign in at an OpenID provider ({@link
 *       io.accesstokens.login.openid.OpenIdResource}):
 *       <ul>
 *         <li>The flow is the authorization code flow with PKCE (S256), state and nonce. All three
 *             are derived from one secret in a cookie of the browser ({@link
 *             io.accesstokens.login.openid.OpenIdAttempt}). The server stores nothing, so anonymous
 *             clients cannot fill a store. Any replica can complete a sign-in that another replica
 *             began.
 *         <li>The redirect URI depends on {@code publicUrl} only. A browser is redirected only to
 *             paths of this application ({@link io.accesstokens.login.openid.RedirectPath}).
 *         <li>An ID token must be signed with one of the provider's public keys and must contain
 *             our client id and our nonce. A clock difference of one minute is tolerated.
 *         <li>The name and the groups come from the claims. These groups apply until the session
 *             ends.
 *       </ul>
 *   <li>Requests to the provider are bounded in time ({@link
 *       io.accesstokens.login.openid.OpenIdProvider}, {@link
 *       io.accesstokens.login.openid.OpenIdDiscovery}). A provider that does not respond is an
 *       outage. No action is necessary here after the outage. The provider's keys are read again if
 *       a token names an unknown key. A sign-out here does not depend on the provider. The response
 *       only gives the browser a URL for the sign-out at the provider (RP-initiated logout). That
 *       sign-out needs the ID token, which is stored with the session and is encrypted with the
 *       session key. Only the browser has this key.
 *   <li>A user in a session can sign in again, to prove the identity of the user. This requires the
 *       password ({@link io.accesstokens.login.session.ReauthenticationResource}), under the limits
 *       of every sign-in, or a sign-in at the provider. The {@code auth_time} of the provider must
 *       be in the last quarter of an hour. The user must be the same, because other tabs of the
 *       browser continue their work in the session. The {@code token} package decides which
 *       operations need a recent sign-in ({@link io.accesstokens.token.policy.SignInAge}).
 *   <li>A user can list and end only the user's own sessions ({@link
 *       io.accesstokens.login.session.OwnSessions}). The id of another user's session is reported
 *       as not found.
 *   <li>No class of this package is a CDI bean by itself. The application creates them with
 *       producers.
 *   <li>A filter of Jakarta REST authenticates sessions, as for Basic. The pages are public files,
 *       and their content comes from the API.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0009-browser-sessions.md}, {@code
 * src/docs/decisions/0013-sign-in-libraries.md}.
 *
 * <p>Out of scope: locking of accounts.
 */
@NullMarked
package io.accesstokens.login;

import org.jspecify.annotations.NullMarked;
