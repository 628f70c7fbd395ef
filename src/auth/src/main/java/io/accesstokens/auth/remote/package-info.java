/**
 * Verifies raw tokens at an access-tokens service that runs elsewhere.
 *
 * <ol>
 *   <li>The results of introspection are cached only under a lease of the service's change feed.
 *       Revocations are then as final as in the service itself, see {@link
 *       io.accesstokens.auth.remote.RemoteTokenVerifier}. Without a lease, the verifier introspects
 *       the token of each request.
 *   <li>A response that cannot be understood is an outage.
 *   <li>Requests have bounded times and lengths. They use HTTP/1.1 and never follow a redirect. A
 *       request whose connection fails is repeated once, because introspection and reading the
 *       changes change nothing.
 *   <li>The verifier always needs a credential: one way to authenticate is easier to keep right
 *       than two.
 * </ol>
 */
@NullMarked
package io.accesstokens.auth.remote;

import org.jspecify.annotations.NullMarked;
