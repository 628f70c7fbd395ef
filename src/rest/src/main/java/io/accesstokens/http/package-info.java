/**
 * Provides the Jakarta REST resources for the use cases, and converts exceptions to error
 * responses.
 *
 * <p>Sub-packages:
 *
 * <ul>
 *   <li>{@code resource}: the resources.
 *   <li>{@code caller}: the caller of a request.
 *   <li>{@code input}: parses queries and JSON bodies.
 *   <li>{@code response}: the bodies of successful responses.
 *   <li>{@code problem}: error responses.
 *   <li>{@code protocol}: the endpoints that receive most requests, for a servlet filter.
 * </ul>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>A resource method reads its request, calls one method of {@link
 *       io.accesstokens.token.service.ServiceTokenService} or of another use case, and returns a
 *       record. A resource method contains no business rules.
 *   <li>Errors have this order: 401, 403, then all other errors. Only the runtime's selection of a
 *       method (404, 405, 406) comes earlier. Therefore the resource method itself reads the body,
 *       after all filters have run. No entity provider reads the body earlier.
 *   <li>Before access is decided, {@link io.accesstokens.http.DelegateFilter} replaces a personal
 *       token with its user. In a host application (an application that embeds this API), the token
 *       remains the principal of requests to the host application's own resources.
 *   <li>No response may be cached, unless its resource has marked it as cacheable. Responses
 *       contain confidential data, such as the name and the owner of a token.
 *   <li>No part of a response is derived from the {@code Host} header. {@code Location} is a
 *       reference relative to the server (RFC 9110, section 10.2.2).
 *   <li>This package mounts the OAuth endpoints (see {@code oauth}). All rules of this list also
 *       apply to the OAuth endpoints, but their error bodies have another format.
 *   <li>{@link io.accesstokens.http.resource.VerifyResource} serves proxies. The resource responds
 *       with a success only if the token is valid and has the required scopes. This rule applies to
 *       every HTTP method and to any request. An unknown query parameter and an empty {@code scope}
 *       are errors, because a request with a misspelled parameter name would otherwise require no
 *       scope.
 *   <li>{@code VerifyResource} accepts only tokens. A user with a password gets 403. Envoy uses a
 *       separate path below {@code verify}.
 *   <li>{@link io.accesstokens.http.resource.ChangesResource} reads the store after the request has
 *       arrived, or uses a recent read. With a recent read, the lease is shorter by the age of the
 *       read. The response repeats the nonce of the request. The reader can therefore detect a
 *       response that a proxy has cached. The resource does not wait for a change.
 *   <li>The server sends an export while it reads the events from the store. The first part is read
 *       before any byte is sent. If a later read fails, the connection must be aborted, because the
 *       response would otherwise look complete (see {@link
 *       io.accesstokens.http.AccessTokensRoutes#INCOMPLETE_RESPONSE}).
 *   <li>A {@code DELETE} with a malformed id gets 404 before the body is read. A {@code DELETE}
 *       with a well-formed unknown id gets 404 after the body was read.
 * </ol>
 *
 * <h2>In a host application</h2>
 *
 * <p>A host application mounts {@link io.accesstokens.http.AccessTokensRoutes#classes()} in its
 * {@code Application} and registers one {@link io.accesstokens.http.AccessTokensRoutes#feature
 * feature}.
 *
 * <ol>
 *   <li>The feature affects only the paths of this API. The filters of the feature are bound to the
 *       resources of this API or check the path. In a host application, the feature registers no
 *       exception mapper.
 *   <li>The exception mappers and writers of the host application do not change the responses of
 *       this API:
 *       <ul>
 *         <li>a resource converts each exception to an exception that contains a complete response;
 *         <li>a response filter converts error responses of the runtime;
 *         <li>the response records have their own writer.
 *       </ul>
 *   <li>The feature converts the principal of the host application to a user (see {@link
 *       io.accesstokens.http.RoutesFeature#userMapper}). If a request has a raw token, the raw
 *       token is the principal instead. Two names become the same user only if they are equal
 *       except for case.
 *   <li>{@link io.accesstokens.http.HostAuthenticationFilter} rejects a user's POST request from
 *       another site if browsers send the request without a CORS preflight request.
 *   <li>The feature stores the service in the configuration of the runtime. The resources read the
 *       service from this configuration. The resources are not CDI beans.
 *   <li>The host application must register the resources, because the feature does not register
 *       them.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0007-change-feed.md}, {@code
 * src/docs/decisions/0015-runtime-independence.md}, {@code src/docs/decisions/0016-proxies.md}.
 *
 * <p>Out of scope: the authentication of callers (see {@code auth} and {@code login}), and the
 * responses of the servlet container to requests that do not reach Jakarta REST.
 */
@NullMarked
package io.accesstokens.http;

import org.jspecify.annotations.NullMarked;
