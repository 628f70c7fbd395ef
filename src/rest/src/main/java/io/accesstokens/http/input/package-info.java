/**
 * Parses query parameters and JSON bodies strictly and with bounded work.
 *
 * <ol>
 *   <li>Requests are parsed from bytes ({@link io.accesstokens.http.input.JsonBody}, {@link
 *       io.accesstokens.http.input.QueryParameters}). Values are never converted to another type.
 *       For every input the work is bounded and an error is a 4xx.
 *   <li>Content negotiation is done here ({@link io.accesstokens.http.input.Negotiation}), so that
 *       malformed headers are rejected after 401 and 403.
 * </ol>
 */
@NullMarked
package io.accesstokens.http.input;

import org.jspecify.annotations.NullMarked;
