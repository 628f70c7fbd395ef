/**
 * Sign-in at an OpenID provider (OpenID Connect Core 1.0).
 *
 * <ol>
 *   <li>The flow is the authorization code flow with PKCE (S256), state and nonce ({@link
 *       io.accesstokens.login.openid.OpenIdResource}). The code verifier, the state and the nonce
 *       are derived from one secret in a cookie of the browser ({@link
 *       io.accesstokens.login.openid.OpenIdAttempt}). The server stores nothing, so anonymous
 *       clients cannot fill a store. Any replica can complete a sign-in that another replica
 *       started.
 *   <li>The redirect URI depends only on {@code publicUrl}. A browser is redirected only to paths
 *       of this application ({@link io.accesstokens.login.openid.RedirectPath}).
 *   <li>One of the provider's public keys must verify the signature of the ID token. The ID token
 *       must be issued to the client id of this service and contain the nonce of the sign-in. A
 *       clock difference of one minute is tolerated.
 *   <li>The name and the groups of the user come from the claims of the ID token. Claims that the
 *       ID token lacks come from the UserInfo endpoint. These groups do not change until the user
 *       signs in again. The group directory can add further groups.
 *   <li>Requests to the provider are bounded in time ({@link
 *       io.accesstokens.login.openid.OpenIdProvider}, {@link
 *       io.accesstokens.login.openid.OpenIdDiscovery}). If the provider does not respond, the
 *       sign-in is unavailable. When the provider responds again, sign-ins work again without an
 *       action of the operator. The provider's keys are read again if a token names an unknown key.
 *       If the keys cannot be read then, the sign-in is unavailable.
 *   <li>A sign-out from this service does not depend on the provider. The response contains a URL
 *       for the sign-out at the provider (RP-initiated logout). The sign-out at the provider needs
 *       the ID token. Therefore the session contains the ID token, encrypted with the session key.
 *       Only the browser has the session key.
 *   <li>A user in a session can prove their identity again by a sign-in at the provider. The {@code
 *       auth_time} of the provider must be at most fifteen minutes ago, plus the tolerated clock
 *       difference.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0013-sign-in-libraries.md}.
 */
@NullMarked
package io.accesstokens.login.openid;

import org.jspecify.annotations.NullMarked;
