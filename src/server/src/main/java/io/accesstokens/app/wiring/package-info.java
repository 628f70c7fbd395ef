/**
 * Contains the CDI producers, one class for each concern, and the Jakarta REST application.
 *
 * <ol>
 *   <li>Producers create the domain objects for CDI. The domain classes are plain Java classes with
 *       one constructor each.
 *   <li>{@link io.accesstokens.app.wiring.ApiApplication} is the Jakarta REST application. {@link
 *       io.accesstokens.app.wiring.ApiProducer} produces its resources and filters.
 *   <li>{@link io.accesstokens.app.wiring.TokenVerification} creates the cached verifier, and the
 *       background work that keeps its cache correct. With embedded H2 or in-memory storage, no
 *       other process uses the store. In this case, the lease never ends, and the change feed is
 *       not polled.
 *   <li>{@link io.accesstokens.app.wiring.TokenExchange} starts the exchange of personal tokens for
 *       short-lived tokens.
 *   <li>The API calls the single identity store directly. The {@code IdentityStoreHandler} can also
 *       use this store.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.wiring;

import org.jspecify.annotations.NullMarked;
