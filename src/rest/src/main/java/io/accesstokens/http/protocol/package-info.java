/**
 * The endpoints that receive most requests. They use types of the Jakarta REST API, but not its
 * runtime. An endpoint converts the data of a request to a status, headers and bytes.
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>{@link io.accesstokens.http.protocol.ProtocolEndpoints} responds to a request only if the
 *       request has a usual form. It declines every other request before any effect. The Jakarta
 *       REST resource then processes the request. Therefore each effect of a request, such as an
 *       audit event or a count, happens once.
 *   <li>The Jakarta REST resources and filters use the same classes for authentication, access,
 *       responses and errors. Therefore each rule exists once.
 *   <li>A response has the same status, headers and body as the response of the resource.
 * </ol>
 */
@NullMarked
package io.accesstokens.http.protocol;

import org.jspecify.annotations.NullMarked;
