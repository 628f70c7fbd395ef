/**
 * Endpoints of an OAuth 2.0 authorization server, for clients that use only the standard protocol.
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
 *       unknown parameters are ignored. A token in the query is rejected, because queries are often
 *       logged.
 *   <li>An error response is a JSON object with {@code error} and {@code error_description} (RFC
 *       6749, section 5.2). This rule applies to errors of a resource, of a filter and of the
 *       runtime. No text in the JSON object comes from the request. The status and the headers
 *       {@code Allow} and {@code Retry-After} are the same as for all other resources. A 401
 *       response has the challenges of OAuth clients.
 *   <li>The verdict on a token comes from the {@code TokenVerifier} that authenticates requests.
 *       Therefore a revocation takes effect for introspection and for authentication at the same
 *       time. During an outage, the response is 503 and never {@code {"active": false}}, because a
 *       client could discard a valid token after such a response.
 *   <li>The complete response for an invalid token is {@code {"active": false}}, for every reason.
 *       The response to a revocation is 200 without a body, even if the token does not exist.
 *   <li>The response to a revocation is sent only after every replica rejects the token. This rule
 *       also applies to a token that was revoked before. A client that repeats a request therefore
 *       gets the same guarantee again.
 *   <li>A verifier that caches verdicts sends the parameter {@code position}: the position in the
 *       change feed up to which the verifier has applied changes. RFC 7662, section 2.1, allows
 *       additional parameters. The response reflects all changes up to that position. A client
 *       without a cache omits the parameter, and introspects a token at each use.
 *   <li>{@code token_type_hint} is ignored, as RFC 7662 and RFC 7009 allow. One look-up finds a
 *       token of any type.
 *   <li>An introspection counts as a use of the token. The client address of this use comes from
 *       the parameter {@code client_address}, because the client of the request is the resource
 *       server.
 *   <li>The permission to introspect always applies to the tokens of all groups.
 *   <li>{@code sub}, {@code client_id} and {@code username} of a raw token are its subject. The
 *       subject of a personal token is its user. The creator of a service token is not in the
 *       response.
 *   <li>{@code exp} is rounded down to a whole second. {@code expires_at} is an extension of this
 *       service and has milliseconds.
 *   <li>A raw service token with the permission to introspect is accepted as the client secret of
 *       any client, by HTTP Basic and in the form ({@link
 *       io.accesstokens.oauth.ClientAuthenticationFilter}). A request with more than one credential
 *       is rejected (RFC 6749, section 2.3). A text that begins like a raw token never reaches the
 *       verification of passwords.
 *   <li>A revocation request needs no credential besides the token. If a request contains another
 *       credential, that credential must be valid.
 *   <li>A request to revoke a valid signed token gets {@code unsupported_token_type} (see {@code
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
