/**
 * Verifies raw tokens at an access-tokens service that runs elsewhere.
 *
 * <ol>
 *   <li>The results of introspection are cached only under a lease of the service's change feed. So
 *       this package gives the same guarantee for revocations as the service, see {@link
 *       io.accesstokens.auth.remote.RemoteTokenVerifier}. If the service grants no lease, the
 *       verifier introspects the token of each request.
 *   <li>A response in an unexpected format is treated as an outage.
 *   <li>Requests have bounded times and lengths, use HTTP/1.1 and never follow a redirect. If a
 *       connection fails, the request is repeated once. The repetition is safe: at most, the
 *       service counts a use twice.
 *   <li>The verifier always needs a credential. The service has no anonymous introspection.
 * </ol>
 */
@NullMarked
package io.accesstokens.auth.remote;

import org.jspecify.annotations.NullMarked;
