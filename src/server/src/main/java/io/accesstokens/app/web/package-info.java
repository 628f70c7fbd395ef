/**
 * Contains servlet filters and servlets. {@code web.xml} defines the order of the filters.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.web.SecurityHeadersFilter} adds security headers for browsers to
 *       every response.
 *   <li>{@link io.accesstokens.app.web.ClientAddressFilter} stores the client address in the
 *       request for all other classes. The package {@code app.client} determines the address.
 *   <li>{@link io.accesstokens.app.web.CorsFilter} lets pages of allowed origins call the API, but
 *       never with credentials of the browser.
 *   <li>{@link io.accesstokens.app.web.RequestBodyFilter} reads request bodies. A slow client does
 *       not block a thread. {@link io.accesstokens.app.web.RequestBulkheadFilter} keeps threads
 *       free for health checks.
 *   <li>{@link io.accesstokens.app.web.DeferredResponseFilter} delays the response to a change of a
 *       token, for example a revocation, until the change is final. No thread is blocked during
 *       this wait.
 * </ol>
 *
 * <p>The listener {@link io.accesstokens.app.web.RequestsInFlight} delays the stop of the
 * application until running requests have their responses.
 */
@NullMarked
package io.accesstokens.app.web;

import org.jspecify.annotations.NullMarked;
