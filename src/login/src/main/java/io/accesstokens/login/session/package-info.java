/**
 * Sessions of browsers over HTTP: cookies, sign-in, sign-out and the list of own sessions.
 *
 * <ol>
 *   <li>{@link io.accesstokens.login.session.SessionResource} begins a session (see the package
 *       {@code io.accesstokens.session}) after a password sign-in, under all rules of {@code
 *       login.password}. The session key is in a cookie that scripts cannot read ({@link
 *       io.accesstokens.login.session.OwnCookie}). Over TLS, a sibling subdomain cannot set the
 *       cookie.
 *   <li>The state of the user is loaded for each request in a session ({@link
 *       io.accesstokens.login.session.BrowserSessions}). The state shows whether the user may still
 *       sign in with the same login method ({@link io.accesstokens.login.AccountStatus}). The
 *       groups and the permissions are loaded, too. The container's realm cannot return this state,
 *       because a realm needs the password. With a realm, the roles of the sign-in apply until the
 *       session ends.
 *   <li>An unsafe request in a session must pass the origin check and have the header {@code
 *       X-Requested-With}. A sign-in must also pass the origin check, with or without a cookie. The
 *       body of a sign-in is JSON, and a form of another site cannot send JSON.
 *   <li>An {@code Authorization} header takes precedence over a cookie, because the client sends
 *       this header on purpose. An invalid cookie is ignored, and the request is anonymous.
 *   <li>A user in a session can sign in again, to prove their identity. The new sign-in requires
 *       the password ({@link io.accesstokens.login.session.ReauthenticationResource}), under the
 *       limits of every sign-in, or a sign-in at the OpenID provider. The user must be the same,
 *       because other tabs of the browser continue their work in the session. The policy decides
 *       which operations need a recent sign-in ({@link io.accesstokens.token.policy.SignInAge}).
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
