/**
 * The use cases over HTTP: Jakarta REST resources, and the one place where errors become answers.
 *
 * <ol>
 *   <li>A resource method reads its request, makes one call to {@link
 *       io.accesstokens.token.ServiceTokenService}, and renders a record. It decides nothing.
 *   <li>Order: 401, 403, then the request is looked at. So the body is read inside the resource
 *       method, which runs after all filters, and by hand: no entity provider sees it before.
 *   <li>Requests are read strictly, from bytes: {@link io.accesstokens.http.JsonBody} and {@link
 *       io.accesstokens.http.QueryParameters} say how. Nothing is coerced, and whatever is sent,
 *       the work is bounded and the answer is a 4xx.
 *   <li>Answers are records with texts in them, whose nulls are written; a member that is named
 *       optional is left out instead.
 *   <li>Every error is an {@code application/problem+json} document of under 2,000 bytes ({@link
 *       io.accesstokens.http.Problem}), whatever {@code Accept} says. No text in it comes from the
 *       request.
 *   <li>A personal token becomes its user before access is decided ({@link
 *       io.accesstokens.http.DelegateFilter}); on a host's own routes it stays a token.
 *   <li>No answer may be kept by a cache: even a token's name and owner are nobody else's business.
 *   <li>Nothing in an answer is derived from {@code Host}: {@code Location} is a reference relative
 *       to the server (RFC 9110, section 10.2.2).
 *   <li>The OAuth endpoints (see {@code oauth}) are mounted here, and keep all of these rules but
 *       those on the form of errors.
 *   <li>{@link io.accesstokens.http.VerifyResource} answers proxies. It says yes in one case only;
 *       whatever a proxy or its client may send otherwise, by whatever method, is no yes. What was
 *       meant to require a scope and is misspelt or empty is an error.
 *   <li>{@link io.accesstokens.http.ChangesResource} answers by a look at the store that began
 *       after the request had arrived, never by what this process remembers, and repeats the
 *       request's nonce: whatever has kept an answer cannot pass it off as a new one.
 *   <li>An export is written while it is read, and its first part is read before anything is sent.
 *       One that cannot be written to its end must not end in order: see {@link
 *       io.accesstokens.http.AccessTokensRoutes#CUT_SHORT}.
 *   <li>Content negotiation is ours ({@link io.accesstokens.http.Negotiation}): what is malformed
 *       is refused in its turn, after 401 and 403.
 * </ol>
 *
 * <h2>Within a host's application</h2>
 *
 * <p>A host mounts {@link io.accesstokens.http.AccessTokensRoutes#classes()} in its {@code
 * Application} and registers one {@link io.accesstokens.http.AccessTokensRoutes#feature feature}.
 *
 * <ol>
 *   <li>The feature leaves all paths but ours alone. Filters are bound to our methods or look at
 *       the path; there is no exception mapper for anything but what our guard throws.
 *   <li>The host's mappers and writers do not change our answers: what a resource throws is
 *       answered where it is thrown, by an exception whose response has an entity; what the runtime
 *       refuses is given our form on the way out; and our records have a writer of their own.
 *   <li>The host's principal is a person, see {@link io.accesstokens.http.RoutesFeature#people}; a
 *       raw token counts for more than that.
 * </ol>
 *
 * <p>Decision: the resources find the authority in the runtime's configuration, where the feature
 * puts it. Injection would need CDI, or something of one runtime's own; this works the same on
 * Jersey and RESTEasy, with CDI and without. So they are no CDI beans either.
 *
 * <p>Decision: a feature does not mount the resources itself, which works on Jersey and is 404 on
 * RESTEasy.
 *
 * <p>Decision: {@code changes} does not hold requests until something changes. A look costs one
 * statement for all who ask at the same time; a wait could be a quarter of the lease at most, and
 * each one who waits would hold a connection, and most proxies' patience.
 *
 * <p>Decision: {@code verify} admits raw tokens only; a person, however good their password, is
 * 403. A proxy guards what machines call, and passing people would make a password good for every
 * site behind it. Envoy has a path of its own, since it takes nothing but 200 for a yes and appends
 * its client's path: below {@code verify}, that path could lead out of it again by dot segments, in
 * spellings that proxy and container read differently; as the last parameter of a query it cannot.
 *
 * <p>Decision: the order of members in JSON is that of the record. Decision: {@code DELETE} with a
 * malformed id is 404 before its body is looked at, since no such resource can exist; a well-formed
 * unknown id is 404 after it.
 *
 * <p>Out of scope: who the caller is (see {@code auth} and {@code login}), and what the container
 * answers before Jakarta REST sees a request.
 */
@NullMarked
package io.accesstokens.http;

import org.jspecify.annotations.NullMarked;
