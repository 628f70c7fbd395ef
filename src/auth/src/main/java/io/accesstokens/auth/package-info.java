/**
 * Jakarta REST filters that accept requests with a raw token, and deny requests that lack a scope.
 * This service uses the filters. Other applications can use them to accept the tokens of this
 * service.
 *
 * <p>An application registers an {@link io.accesstokens.auth.AccessTokensFeature} and declares
 * scopes with {@link io.accesstokens.auth.RequiresScope}. The feature uses a {@code TokenVerifier}.
 * The verifier reads a store in the same process, or is a {@link
 * io.accesstokens.auth.remote.RemoteTokenVerifier}.
 *
 * <p>Sub-packages:
 *
 * <ul>
 *   <li>{@code auth.enforcement}: how strictly the scopes of a resource method are enforced.
 *   <li>{@code auth.header}: parses and writes header fields.
 *   <li>{@code auth.metrics}: metrics of the remote verifier with Micrometer, an optional library.
 *   <li>{@code auth.remote}: verifies tokens at a service that runs elsewhere.
 * </ul>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>Authentication determines only the caller. The access rules of a resource method decide
 *       whether the caller may call this method. The rules never read a credential. A scope is a
 *       role of the request's {@code SecurityContext}. So the same rules apply to callers that the
 *       application authenticates in another way.
 *   <li>A request without a bearer credential passes authentication unchanged, so that another
 *       filter can authenticate it. A request with a bearer credential that is not valid gets 401,
 *       even on a resource that is open to all. So a client notices that its token is invalid. The
 *       application can pass bearer credentials that do not begin with a prefix of raw tokens.
 *   <li>Every refused token gets the same 401 response, for any reason (RFC 6750, section 3.1,
 *       {@code invalid_token}). The reason is passed to the {@code VerificationListener}.
 *   <li>A token is verified before any limit applies. The {@link
 *       io.accesstokens.auth.UnknownTokenLimit} is used for unknown tokens only. Unknown tokens
 *       therefore never block a valid token. Malformed tokens need no limit, because they are
 *       refused without I/O.
 *   <li>An outage leads to a 503 response with {@code Retry-After}, never to a 401 response. After
 *       a 401, a client could discard a valid token.
 *   <li>A guarded method responds with 401 to a request without a principal, in each enforcement
 *       mode.
 *   <li>The nearest declaration replaces all others. A method without a declaration denies all
 *       callers, unless the application chooses another default. In this service, a missing
 *       declaration prevents the start. A declaration on a sub-resource locator is an error,
 *       because it would have no effect.
 *   <li>Only scope-tokens (RFC 6749, section 3.3) are written into headers. The form of each
 *       declared scope is checked at start.
 *   <li>Each thrown exception contains a complete response, and an application needs no exception
 *       mapper. The body of the response is a text, and the runtime needs no JSON provider. An
 *       application that writes its own error bodies can omit this body.
 *   <li>An exception of a {@link io.accesstokens.auth.RemoteListener} has no effect on a request.
 *       An exception of a {@link io.accesstokens.verify.VerificationListener} fails the request.
 * </ol>
 *
 * <p>The packages use no servlet API and no CDI; all dependencies are passed to builders. A servlet
 * container knows the caller's address, but Jakarta REST does not. The address is passed as a
 * request property, {@link io.accesstokens.auth.AccessTokensFeature#CLIENT_ADDRESS}. This module
 * and {@code verify} need the JDK, Jakarta REST, Jakarta Annotations, JSON-P and Caffeine.
 *
 * <p>Design decisions:
 *
 * <ul>
 *   <li>Only the scheme {@code Bearer} marks a bearer credential. Tokens in a query or a form (RFC
 *       6750, sections 2.2 and 2.3) are ignored, because logs often contain them.
 *   <li>Each method of a root resource gets its access rules at start, so errors prevent the start.
 *       The path of a request does not select the rules, so the spelling of a path has no effect.
 * </ul>
 *
 * <p>Out of scope: passwords and sessions of users (see {@code login}), and whether a token is
 * valid (see {@code verify}).
 */
@NullMarked
package io.accesstokens.auth;

import org.jspecify.annotations.NullMarked;
