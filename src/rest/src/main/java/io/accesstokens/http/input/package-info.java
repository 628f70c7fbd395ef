/**
 * Parses query parameters and JSON bodies strictly and with bounded work.
 *
 * <ol>
 *   <li>Requests are parsed from bytes ({@link io.accesstokens.http.input.JsonBody}, {@link
 *       io.accesstokens.http.input.QueryParameters}). Values are never converted to another type.
 *       The work for every input is bounded. Every error is a 4xx response.
 *   <li>{@link io.accesstokens.http.input.Negotiation} normalizes the headers of content
 *       negotiation. So the checks for 401 and 403 precede the error for a malformed header.
 * </ol>
 */
@NullMarked
package io.accesstokens.http.input;

import org.jspecify.annotations.NullMarked;
