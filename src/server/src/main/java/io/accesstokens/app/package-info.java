/**
 * Puts the pieces together: settings in, a running application out. Uses every other room, and is
 * used by none.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.Startup} starts everything when the servlet container starts the
 *       application, and ends it in reverse order; after that, nothing keeps its class loader.
 *       {@link io.accesstokens.app.RequestsInFlight} holds the end back until requests are
 *       answered. What an operator can mend is a {@link io.accesstokens.app.StartupException} of
 *       one line a mistake.
 *   <li>Producers create the objects of the domain for CDI, one producer class for each concern.
 *       The domain itself is plain Java with one constructor for each class. {@link
 *       io.accesstokens.app.OpenResources} closes in reverse order what producers opened.
 *   <li>{@link io.accesstokens.app.ApiApplication} is the Jakarta REST application: the routes of
 *       {@code http} and the filters of {@code auth} and {@code login}.
 *   <li>The HTML pages are served by {@code page}; all that they show and do is the public REST
 *       API's.
 *   <li>{@link io.accesstokens.app.AuditLogger} writes one JSON line for each event to the logger
 *       {@code audit}: what was done, what was denied and which tokens were refused.
 *   <li>{@link io.accesstokens.app.SecurityHeadersFilter} adds to every answer what browsers need
 *       to know to do no harm.
 *   <li>Where a request comes from, and the limits that go by it, are decided in {@code client};
 *       {@link io.accesstokens.app.ClientAddressFilter} notes it for everybody else.
 *   <li>{@link io.accesstokens.app.TokenVerification} makes the cached check and what keeps it
 *       true. On embedded H2 and in memory there is nobody else, so the lease never ends and
 *       nothing is polled.
 *   <li>A request body is read by {@link io.accesstokens.app.RequestBodyFilter}, without a thread
 *       that waits for a slow client. {@link io.accesstokens.app.RequestBulkheadFilter} keeps
 *       threads free for health checks.
 *   <li>A revocation that waits until it is final holds no thread: {@link
 *       io.accesstokens.app.DeferredResponseFilter} keeps its answer until then.
 *   <li>{@link io.accesstokens.app.SignIn} opens what the settings say of who people are: files,
 *       the container's realm, an LDAP server, issuers of JWTs.
 *   <li>{@link io.accesstokens.app.Exchange} starts what gives short-lived tokens, where the
 *       installation has a key to encrypt signing keys with ({@link
 *       io.accesstokens.app.SigningKeySeal}) and knows its own address.
 *   <li>{@link io.accesstokens.app.CorsFilter} lets pages of allowed origins call the API, never
 *       with credentials.
 * </ol>
 *
 * <p>Decision: the API asks the one identity store itself, not through the {@code
 * IdentityStoreHandler}, whom CDI offers it to. In servlet containers that handler finds its beans
 * by a JNDI entry of the context descriptor, and an operator who deploys with a descriptor of their
 * own would not have it.
 *
 * <p>Decision: the domain's objects are produced, not discovered. Constructor injection into normal
 * scoped beans needs a second, empty constructor, and interceptors do not apply to produced
 * objects, so the domain stays plain Java, and the store owns its transactions.
 */
@NullMarked
package io.accesstokens.app;

import org.jspecify.annotations.NullMarked;
