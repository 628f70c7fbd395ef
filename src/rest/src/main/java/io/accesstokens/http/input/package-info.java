/**
 * Parses query parameters and JSON bodies strictly and with bounded work.
 *
 * <ol>
 *   <li>This package parses requests itself ({@link io.accesstokens.http.input.JsonBody}, {@link
 *       io.accesstokens.http.input.QueryParameters}). A value of the wrong type is an error and is
 *       never converted. The time and the memory for every input are bounded. Every error causes a
 *       4xx response.
 *   <li>{@link io.accesstokens.http.input.Negotiation} normalizes the headers {@code Accept} and
 *       {@code Content-Type}. A malformed header therefore causes an error only after the checks
 *       for 401 and 403.
 * </ol>
 */
@NullMarked
package io.accesstokens.http.input;

import org.jspecify.annotations.NullMarked;
