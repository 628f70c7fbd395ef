/**
 * An HTTP fuzzer that is driven by the OpenAPI document. It sends valid, boundary and hostile
 * values to each operation, and validates each response against the document.
 *
 * <ol>
 *   <li>The form of requests and responses is read from the document alone. Only {@code
 *       FuzzCallers} and {@code KnownValues} know the meaning of some names, so that requests
 *       succeed.
 *   <li>All choices come from one seed. Values that the application created (ids, tokens, cursors)
 *       come from its earlier responses.
 *   <li>A finding contains the request, so that it can be sent again by hand.
 * </ol>
 */
@NullMarked
package io.accesstokens.testing.fuzz;

import org.jspecify.annotations.NullMarked;
