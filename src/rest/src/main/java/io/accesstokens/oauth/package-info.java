/**
 * Endpoints of an OAuth 2.0 authorization server, for clients that know the protocol but not this
 * service.
 *
 * <p>The package has three endpoints:
 *
 * <ul>
 *   <li>token introspection (RFC 7662);
 *   <li>token revocation (RFC 7009);
 *   <li>the token endpoint (RFC 6749, section 3.2), which has one {@link
 *       io.accesstokens.oauth.TokenGrant} for each grant type.
 * </ul>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>A request is a form (RFC 6749, appendix B), which {@link io.accesstokens.oauth.FormBody}
 *       parses strictly. No parameter may occur twice, an empty parameter counts as absent, and
 *       unknown parameters are ignored. A token in the query is rejected. By then the token is in a
 *       log, and the error informs the client of that.
 *   <li>An error response is a JSON object with {@code error} and {@code error_description} (RFC
 *       6749, section 5.2). This holds for errors of a resource, of a filter and of the runtime. No
 *       text in it comes from the request. The status and the headers {@code WWW-Authenticate},
 *       {@code Allow} and {@code Retry-After} are those of all other resources.
 *   <li>The verdict on a token comes from the same {@code TokenVerifier} that authenticates
 *       requests. So a revocation takes effect here when it takes effect there. An outage is 503,
 *       never {@code {"active": false}}: a client might discard a valid token on such a response.
 *   <li>{@code {"active": false}} is the complete response for a token that is not valid, for any
 *       reason. 200 is the complete response of a revocation, whether or not there was a token to
 *       revoke.
 *   <li>A revocation is answered after the revocation barrier. This also holds for a token that was
 *       revoked before, so a client that repeats a request after a lost response has the same
 *       guarantee.
 *   <li>A verifier that caches verdicts sends the {@code position} of the change feed that it has
 *       applied (RFC 7662, section 2.1, allows such parameters). The response is never older than
 *       that position. A client without a cache omits the parameter and introspects each token each
 *       time. It receives the current verdict, as for authentication.
 *   <li>{@code token_type_hint} is ignored, as both RFCs allow. One look-up finds every token.
 * </ol>
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>An introspection counts as a use of the token, because a client has presented the token to
 *       a resource server. So it updates {@code lastUsedAt}, and a token that is used only at
 *       resource servers does not look unused. The address is not recorded, because it would be
 *       that of the resource server.
 *   <li>The permission to introspect covers all groups or none. A resource server that receives a
 *       token does not know its owner in advance.
 *   <li>{@code sub}, {@code client_id} and {@code username} of a raw token are its subject. The
 *       subject of a personal token is its user, and no client is known for it. A service token
 *       acts for itself, so client and resource owner are the same (RFC 6749, section 4.4; RFC
 *       9068, section 2.2, requires such a {@code sub}). The creator of a service token is not in
 *       the response, so that no resource server attributes its requests to that user. A subject
 *       can be used again after a revocation. The token's id, {@code jti}, cannot.
 *   <li>{@code exp} is rounded down, so that no client caches a token beyond its lifetime. A client
 *       that needs the exact time reads {@code expires_at}, which is an extension of this service.
 *   <li>Revocation needs no credential beside the token. The token has no client that could
 *       authenticate, and its bearer could do worse with it. A credential that is sent nevertheless
 *       must be valid. There is no defence against cross-site request forgery for the same reason:
 *       an attacker would have to know the token, and could use it directly.
 *   <li>The response for a valid signed token is {@code unsupported_token_type}. Other services
 *       verify it offline, so revocation could not take effect there. Revoking its personal token
 *       instead would let every service that receives the signed token do so (see {@code
 *       exchange}).
 * </ul>
 *
 * <p>Out of scope: the sub-request of proxies, which is not part of OAuth (see {@code http}).
 */
@NullMarked
package io.accesstokens.oauth;

import org.jspecify.annotations.NullMarked;
