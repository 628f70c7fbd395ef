/**
 * Signs users in. This package contains the parts that several login methods share. Each login
 * method is in a sub-package or in another package.
 *
 * <p>Packages:
 *
 * <ul>
 *   <li>{@code login.password}: passwords, HTTP Basic, and the protection of browsers against
 *       forged requests.
 *   <li>{@code login.session}: browser sessions over HTTP.
 *   <li>{@code login.openid}: OpenID Connect.
 *   <li>Package {@code jwt}: JWTs of trusted issuers.
 *   <li>Package {@code ldap}: passwords of an LDAP server.
 * </ul>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>{@link io.accesstokens.login.Bulkhead} limits the number of running verifications, the
 *       number of waiting threads and the wait time. If a limit is reached, the response is 503
 *       ({@link io.accesstokens.login.SignInUnavailableException}), and the credential is not
 *       rejected.
 *   <li>For password sign-ins, client addresses share the capacity of a bulkhead fairly. A flood
 *       from one address delays each verification step from another address by at most two steps. A
 *       step is a password hash, a call to the realm, or an LDAP request. The requests that
 *       complete a sign-in at an OpenID provider are shared in the same way. Requests for the
 *       metadata of the provider share one queue.
 *   <li>A name that cannot be part of an entity ref is rejected ({@link
 *       io.accesstokens.login.EntityRefTemplate}).
 *   <li>For each request in a session, the service checks the current state of the user's account
 *       ({@link io.accesstokens.login.AccountStatus}). A users file and an LDAP server report this
 *       state. An OpenID provider and a container's realm cannot report this state. For a session
 *       with one of these login methods, the service only checks that the login method is still
 *       configured, for OpenID Connect with the same issuer and client id.
 *   <li>Filters of Jakarta REST authenticate Basic credentials and sessions. The pages are public
 *       files, and their content comes from the API.
 *   <li>The classes of these packages are not CDI beans. CDI producers of the application create
 *       their instances.
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
