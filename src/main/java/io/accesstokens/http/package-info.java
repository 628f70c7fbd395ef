/**
 * The use cases over HTTP: Jakarta REST resources, and the one place where errors become answers.
 *
 * <ol>
 *   <li>A resource method reads its request, makes one call to {@link
 *       io.accesstokens.token.TokenAuthority}, and renders a record. It decides nothing.
 *   <li>Order: 401, 403, then the request is looked at. So the body is read inside the resource
 *       method, which runs after all filters, and by hand: no entity provider sees it before.
 *   <li>Requests are read strictly, from bytes: {@link io.accesstokens.http.JsonBody} and {@link
 *       io.accesstokens.http.QueryParameters} say how. Nothing is coerced, and whatever is sent,
 *       the work is bounded and the answer is a 4xx.
 *   <li>Answers are records with texts in them, whose nulls are written; a member that is named
 *       optional is left out instead.
 *   <li>Every error is an {@code application/problem+json} document of under 2,000 bytes ({@link
 *       io.accesstokens.http.Problem}) made by {@link io.accesstokens.http.ProblemMapper}, whatever
 *       {@code Accept} says. No text in it comes from the request.
 *   <li>No answer may be kept by a cache, see {@link io.accesstokens.http.ApiHeaders}: even a
 *       token's name and owner are nobody else's business.
 *   <li>Nothing in an answer is derived from {@code Host}: {@code Location} is a reference relative
 *       to the server (RFC 9110, section 10.2.2).
 * </ol>
 *
 * <p>A host application mounts {@link io.accesstokens.http.AccessTokensRoutes#classes()} in its
 * {@code Application}, registers the filters of {@code auth}, {@link
 * io.accesstokens.http.ProblemMapper} and {@link io.accesstokens.http.ApiHeaders}, sets {@link
 * io.accesstokens.http.AccessTokensRoutes#properties()}, and provides a {@code TokenAuthority} by
 * injection.
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
