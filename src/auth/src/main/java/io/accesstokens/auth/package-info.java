/**
 * Lets requests in that carry a raw token, and keeps out those that lack a scope: filters of
 * Jakarta REST for this service and for any other application that accepts its tokens.
 *
 * <p>One {@link io.accesstokens.auth.AccessTokensFeature} to register, one {@link
 * io.accesstokens.auth.RequiresScope} to declare. It asks a {@code TokenVerifier}: one on a store
 * in the same process, or a {@link io.accesstokens.auth.RemoteTokenVerifier}.
 *
 * <ol>
 *   <li>Authentication answers "who is it" and never asks what the request is for; the rules of a
 *       resource method answer "may they" and never look at a credential. A scope is a role of the
 *       request's {@code SecurityContext}, so that callers whom the host authenticates in its own
 *       way are held to the same rules.
 *   <li>A request without a bearer credential passes authentication unchanged, so that another
 *       filter can authenticate it. A bearer credential that is not good ends the request, even on
 *       a resource that is open to all: who presents a dead token wants to know. Only on a host's
 *       request do bearer credentials pass that do not begin like a raw token.
 *   <li>Every refusal is the same 401, whatever its reason (RFC 6750, section 3.1, {@code
 *       invalid_token}). The reason goes to the {@code VerificationListener}.
 *   <li>Whether a token is known is found out before anything is limited: an {@link
 *       io.accesstokens.auth.UnknownTokenLimit} is asked about unknown tokens only, so that a flood
 *       of them turns no known one away. What is malformed needs no limit: refusing it does no I/O.
 *   <li>The remote check keeps what introspection told it only under a lease of the service's
 *       change feed, and is as final as the service itself: see {@link
 *       io.accesstokens.auth.RemoteTokenVerifier}. Without a lease it asks each time.
 *   <li>An outage is 503 with {@code Retry-After}, never 401: a client that is told "invalid" may
 *       throw a good token away. A remote answer that is not understood is an outage.
 *   <li>The {@linkplain io.accesstokens.auth.Stage stages} relax scopes, never authentication: a
 *       guarded method without a principal is 401 in each of them. Roles have no stages. A stage
 *       that cannot be told is {@code ENFORCE}.
 *   <li>A route is told by what is declared, never by what a request says: no spelling of a path
 *       puts a request into another stage.
 *   <li>The nearest declaration replaces all others. A method that has none is closed, unless the
 *       host chooses otherwise; this service's own stops the start. A declaration that would hold
 *       nobody, by a sub-resource locator, is an error and not a comment.
 *   <li>What gets into a header is a scope-token (RFC 6749, section 3.3), checked at start.
 *   <li>What is thrown carries a whole response, so that it is right in an application without an
 *       exception mapper of ours. Its body is a text, which needs no JSON provider of the runtime;
 *       a host with error bodies of its own can have it left out.
 *   <li>A listener that fails changes nothing about the request.
 *   <li>Media types and codings are parsed by {@link io.accesstokens.auth.HeaderElement}, in linear
 *       time and without recursion: this happens before the caller is known. A test measures every
 *       regular expression of the product in the same respect.
 * </ol>
 *
 * <p>No servlet, no CDI: everything comes in through builders. What a servlet container knows and
 * Jakarta REST does not, the caller's address, comes as a request property, {@link
 * io.accesstokens.auth.AccessTokensFeature#CLIENT_ADDRESS}. Beside the JDK, this room and {@code
 * verify} need Jakarta REST, Jakarta Annotations, JSON-P and Caffeine.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>The scheme is all that tells a bearer credential. Tokens in a query or a form (RFC 6750,
 *       sections 2.2 and 2.3) are not looked for: they end up in logs.
 *   <li>Rules are bound to resource methods at start, not looked up by a request's path: that is
 *       what lets errors stop the start, and what leaves no path to spell in two ways.
 *   <li>In {@code MONITOR} and {@code WARN} a stranger still gets 401. Let in, they would leave no
 *       name in the log that these stages are for, and a forgotten stage would be an open door.
 *   <li>The remote check's requests have bounded times and lengths, go over HTTP/1.1 and never
 *       through a redirect; one that fails with its connection is repeated once, since neither
 *       introspection nor reading the changes changes anything. There is no remote check without a
 *       credential of the verifier: one way to check is easier to keep right than two.
 * </ul>
 *
 * <p>Out of scope: people's passwords and sessions (see {@code login}), and whether a token is good
 * (see {@code verify}).
 */
@NullMarked
package io.accesstokens.auth;

import org.jspecify.annotations.NullMarked;
