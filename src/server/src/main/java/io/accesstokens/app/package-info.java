/**
 * Assembles and runs the application from its settings. Depends on all other packages; no other
 * package depends on it.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.Startup} starts everything when the servlet container starts the
 *       application, and stops it in reverse order. Nothing keeps its class loader after that.
 *       {@link io.accesstokens.app.web.RequestsInFlight} delays the stop until running requests
 *       have their responses. A problem that an operator can fix is reported as a {@link
 *       io.accesstokens.app.StartupException} with one line per mistake.
 *   <li>Producers create the objects of the domain for CDI, one producer class for each concern.
 *       The domain itself is plain Java with one constructor for each class. {@link
 *       io.accesstokens.app.OpenResources} closes in reverse order what producers opened.
 *   <li>{@link io.accesstokens.app.wiring.ApiApplication} is the Jakarta REST application: the
 *       resources of {@code http} and the filters of {@code auth} and {@code login}.
 *   <li>The package {@code page} serves the HTML pages. The pages use only the public REST API.
 *   <li>{@link io.accesstokens.app.AuditLogger} writes one JSON line per event to the logger {@code
 *       audit}: changes, denied requests and refused tokens.
 *   <li>{@link io.accesstokens.app.web.SecurityHeadersFilter} adds security headers for browsers to
 *       every response.
 *   <li>The package {@code client} determines the client address of a request, and implements the
 *       limits that depend on it. {@link io.accesstokens.app.web.ClientAddressFilter} stores the
 *       address in the request for all other classes.
 *   <li>{@link io.accesstokens.app.wiring.TokenVerification} creates the cached verifier and the
 *       background work that keeps its cache correct. With embedded H2 and in memory, no other
 *       process uses the store. Then the lease never ends, and there is no polling.
 *   <li>{@link io.accesstokens.app.web.RequestBodyFilter} reads request bodies without blocking a
 *       thread on a slow client. {@link io.accesstokens.app.web.RequestBulkheadFilter} keeps
 *       threads free for health checks.
 *   <li>A revocation that waits until it is final holds no thread: {@link
 *       io.accesstokens.app.web.DeferredResponseFilter} keeps its response until then.
 *   <li>{@link io.accesstokens.app.SignIn} opens the configured sources of users: files, the
 *       container's realm, an LDAP server and issuers of JWTs.
 *   <li>{@link io.accesstokens.app.wiring.Exchange} starts the exchange for short-lived tokens. The
 *       exchange needs a key that encrypts the signing keys ({@link
 *       io.accesstokens.app.SigningKeySeal}) and the application's own address.
 *   <li>{@link io.accesstokens.app.web.CorsFilter} lets pages of allowed origins call the API, but
 *       never with credentials of the browser.
 *   <li>The API calls its single identity store directly, although CDI also offers that store to
 *       the {@code IdentityStoreHandler}.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0015-runtime-independence.md}.
 */
@NullMarked
package io.accesstokens.app;

import org.jspecify.annotations.NullMarked;
