/**
 * The use cases over HTTP: the Jakarta REST resources, and the conversion of exceptions to error
 * responses.
 *
 * <ol>
 *   <li>A resource method reads its request, calls one method of {@link
 *       io.accesstokens.token.ServiceTokenService}, and returns a record. It contains no business
 *       rules.
 *   <li>The order of errors is 401, 403, then all errors of the request itself. So the resource
 *       method reads the body, after all filters have run. No entity provider reads the body before
 *       that.
 *   <li>Requests are parsed strictly, from bytes ({@link io.accesstokens.http.JsonBody}, {@link
 *       io.accesstokens.http.QueryParameters}). Values are never converted to another type. For
 *       every input the work is bounded and an error is a 4xx.
 *   <li>Responses are records of texts. Null members are written. Only members that are documented
 *       as optional are omitted.
 *   <li>Every error response is an {@code application/problem+json} document of under 2,000 bytes
 *       ({@link io.accesstokens.http.Problem}), regardless of {@code Accept}. No text in it comes
 *       from the request.
 *   <li>A personal token is replaced by its user before access is decided ({@link
 *       io.accesstokens.http.DelegateFilter}). On a host's own resources it stays a token.
 *   <li>No response may be cached, unless it is declared as public. Even the name and the owner of
 *       a token are confidential.
 *   <li>No part of a response is derived from the {@code Host} header. {@code Location} is a
 *       reference relative to the server (RFC 9110, section 10.2.2).
 *   <li>The OAuth endpoints (see {@code oauth}) are mounted here. All of these rules apply to them,
 *       except for the form of errors.
 *   <li>{@link io.accesstokens.http.VerifyResource} serves proxies. It returns a success in one
 *       case only. No other input of a proxy or its client, with any method, leads to a success. A
 *       scope parameter that is misspelt or empty is an error.
 *   <li>{@link io.accesstokens.http.ChangesResource} reads the store after the request has arrived.
 *       It never uses data that this process has cached. The response repeats the nonce of the
 *       request, so a cached response cannot pass as a new one.
 *   <li>An export is written while it is read. Its first part is read before any byte is sent. If
 *       it cannot be written to its end, the response must not end normally (see {@link
 *       io.accesstokens.http.AccessTokensRoutes#CUT_SHORT}).
 *   <li>Content negotiation is done here ({@link io.accesstokens.http.Negotiation}), so that
 *       malformed headers are rejected after 401 and 403.
 * </ol>
 *
 * <h2>Within a host's application</h2>
 *
 * <p>A host mounts {@link io.accesstokens.http.AccessTokensRoutes#classes()} in its {@code
 * Application} and registers one {@link io.accesstokens.http.AccessTokensRoutes#feature feature}.
 *
 * <ol>
 *   <li>The feature affects only the paths of this API. Its filters are bound to our resources or
 *       check the path. Its only exception mapper handles the exception of our access control.
 *   <li>The host's mappers and writers do not change our responses:
 *       <ul>
 *         <li>an exception of a resource is converted where it is thrown, to one whose response has
 *             an entity;
 *         <li>an error response of the runtime gets our form in a response filter;
 *         <li>our records have their own writer.
 *       </ul>
 *   <li>The host's principal is a user (see {@link io.accesstokens.http.RoutesFeature#people}). A
 *       raw token has priority over it.
 * </ol>
 *
 * <p>Decision: the resources find the service in the runtime's configuration, where the feature
 * stores it. Injection would need CDI or a mechanism of one runtime. The configuration works on
 * Jersey and RESTEasy, with and without CDI. So the resources are not CDI beans.
 *
 * <p>Decision: the feature does not register the resources itself. That works on Jersey, but leads
 * to 404 on RESTEasy.
 *
 * <p>Decision: {@code changes} does not hold a request until there is a change. A read costs one
 * statement for all concurrent requests. A request could wait for at most a quarter of the lease.
 * Each waiting request would hold a connection, and most proxies would time out.
 *
 * <p>Decision: {@code verify} accepts tokens only. A user with a password gets 403. A proxy
 * protects interfaces for machines. Accepting users would make a password valid for every site
 * behind the proxy.
 *
 * <p>Decision: Envoy has its own path below {@code verify}. Envoy accepts only 200 as success, and
 * appends its client's path to the configured one. As part of the path, dot segments in it could
 * lead out of {@code verify}, because proxy and container can interpret them differently. As the
 * last parameter of a query, the client's path cannot do that.
 *
 * <p>Decision: the order of members in JSON is that of the record.
 *
 * <p>Decision: {@code DELETE} with a malformed id is 404 before the body is read, since no such
 * resource can exist. With a well-formed unknown id it is 404 after that.
 *
 * <p>Out of scope: the authentication of callers (see {@code auth} and {@code login}), and the
 * responses of the container to requests that do not reach Jakarta REST.
 */
@NullMarked
package io.accesstokens.http;

import org.jspecify.annotations.NullMarked;
