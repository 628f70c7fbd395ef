/**
 * An HTTP fuzzer that the OpenAPI document drives: it sends valid, boundary and hostile values to
 * each route, and checks each answer against the document.
 *
 * <ol>
 *   <li>What a request may look like, and what its answer must look like, is read from the document
 *       alone. Only {@code FuzzCallers} and {@code KnownValues} know what some names mean, so that
 *       requests succeed.
 *   <li>All choices come from one seed. Values that the application made (ids, tokens, cursors) are
 *       taken from its earlier answers.
 *   <li>A finding names the request, so that it can be sent again by hand.
 * </ol>
 */
@NullMarked
package io.accesstokens.testing.fuzz;

import org.jspecify.annotations.NullMarked;
