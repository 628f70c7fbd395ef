/**
 * Lets requests in that carry a raw token, and keeps out those that lack a permission: filters of
 * Jakarta REST for this service and for any other application that accepts its tokens.
 *
 * <ol>
 *   <li>{@link io.accesstokens.auth.RawTokenAuthentication} answers "who is it", {@link
 *       io.accesstokens.auth.AccessFeature} answers "may they". The first never asks what the
 *       request is for, the second never looks at a credential.
 *   <li>A request without a bearer credential passes the first unchanged, so that another filter
 *       can authenticate it. A bearer credential that is not good ends the request, even on a
 *       resource that is open to all: who presents a dead token wants to know.
 *   <li>Every refusal is the same 401, whatever its reason (RFC 6750, section 3.1, {@code
 *       invalid_token}). The reason goes to the {@link
 *       io.accesstokens.verify.VerificationListener}.
 *   <li>An outage is 503 with {@code Retry-After}, never 401: a client that is told "invalid" may
 *       throw a good token away.
 *   <li>Every resource method declares who may call it; one that does not stops the start.
 *   <li>What is thrown carries a whole response, headers included, so that the filters are right in
 *       an application without an exception mapper of ours.
 * </ol>
 *
 * <p>No servlet, no CDI: everything comes in through constructors. What a servlet container knows
 * and Jakarta REST does not, the caller's address, comes as a request property, {@link
 * io.accesstokens.auth.RawTokenAuthentication#CLIENT_ADDRESS}.
 *
 * <p>Decision: the scheme is all that tells a bearer credential. Tokens in a query or a form (RFC
 * 6750, sections 2.2 and 2.3) are not looked for: they end up in logs.
 *
 * <p>Out of scope: people's passwords and sessions (see {@code login}), and whether a token is good
 * (see {@code verify}).
 */
@NullMarked
package io.accesstokens.auth;

import org.jspecify.annotations.NullMarked;
