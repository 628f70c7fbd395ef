/**
 * CDI producers, one class for each concern, and the Jakarta REST application.
 *
 * <ol>
 *   <li>Producers create the objects of the domain for CDI. The domain itself is plain Java with
 *       one constructor for each class.
 *   <li>{@link io.accesstokens.app.wiring.ApiApplication} is the Jakarta REST application: the
 *       resources of {@code http} and the filters of {@code auth} and {@code login}.
 *   <li>{@link io.accesstokens.app.wiring.TokenVerification} creates the cached verifier and the
 *       background work that keeps its cache correct. With embedded H2 and in memory, no other
 *       process uses the store. Then the lease never ends, and there is no polling.
 *   <li>{@link io.accesstokens.app.wiring.Exchange} starts the exchange for short-lived tokens.
 *   <li>The API calls its single identity store directly, although CDI also offers that store to
 *       the {@code IdentityStoreHandler}.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.wiring;

import org.jspecify.annotations.NullMarked;
