/**
 * Sessions of browsers over HTTP: cookies, sign-in, sign-out and the list of own sessions.
 *
 * <ol>
 *   <li>{@link io.accesstokens.login.session.SessionResource} starts a session (see the package
 *       {@code io.accesstokens.session}) after a password sign-in. All rules of {@code
 *       login.password} apply to this sign-in. The session key is in a cookie that scripts cannot
 *       read ({@link io.accesstokens.login.session.OwnCookie}). Over TLS, a sibling subdomain
 *       cannot set the cookie.
 *   <li>For each request in a session, the account state, the groups and the permissions of the
 *       user are loaded ({@link io.accesstokens.login.session.BrowserSessions}). The account state
 *       shows whether the user may still sign in with the same login method ({@link
 *       io.accesstokens.login.AccountStatus}). The realm of a servlet container cannot return this
 *       state without the password. With a realm, the roles at the time of the sign-in apply until
 *       the session ends.
 *   <li>An unsafe request in a session must pass the origin check and have the header {@code
 *       X-Requested-With}. A sign-in must also pass the origin check, with or without a cookie. The
 *       body of a sign-in is JSON, and a form of another site cannot send JSON.
 *   <li>An {@code Authorization} header takes precedence over a cookie, because the client sends
 *       this header on purpose. An invalid cookie is ignored, and the request is anonymous.
 *   <li>A user in a session can sign in again, to prove their identity. The new sign-in needs the
 *       password ({@link io.accesstokens.login.session.ReauthenticationResource}) or a sign-in at
 *       the OpenID provider. The limits of every sign-in apply. The user must be the same, because
 *       other tabs of the browser continue to use the session. The policy decides which operations
 *       need a recent sign-in ({@link io.accesstokens.token.policy.SignInAge}).
 *   <li>A user can list and end only the user's own sessions ({@link
 *       io.accesstokens.login.session.OwnSessions}). If the id belongs to another user's session,
 *       the response is 404.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0009-browser-sessions.md}.
 */
@NullMarked
package io.accesstokens.login.session;

import org.jspecify.annotations.NullMarked;
