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
 *       unknown parameters are ignored. A token in the query is rejected. Such a token is probably
 *       in a log already, and the error reports the mistake to the client.
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
 *   <li>An introspection counts as a use of the token. The address is not recorded, because it
 *       would be that of the resource server.
 *   <li>The permission to introspect covers all groups or none.
 *   <li>{@code sub}, {@code client_id} and {@code username} of a raw token are its subject. The
 *       subject of a personal token is its user. The creator of a service token is not in the
 *       response.
 *   <li>{@code exp} is rounded down. {@code expires_at} has milliseconds and is an extension.
 *   <li>Revocation needs no credential beside the token. A credential that is sent must be valid.
 *   <li>The response for a valid signed token is {@code unsupported_token_type} (see {@code
 *       exchange}).
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0008-usage-counts.md}, {@code
 * src/docs/decisions/0012-introspection-and-revocation.md}.
 *
 * <p>Out of scope: the sub-request of proxies, which is not part of OAuth (see {@code http}).
 */
@NullMarked
package io.accesstokens.oauth;

import org.jspecify.annotations.NullMarked;
