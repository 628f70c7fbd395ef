/**
 * An HTTP fuzzer that generates requests from the OpenAPI document. The fuzzer sends valid,
 * boundary and hostile values to each operation, and validates each response against the document.
 *
 * <ol>
 *   <li>The form of requests and responses comes only from the document. Only {@code FuzzCallers}
 *       and {@code KnownValues} depend on the meaning of some names, so that requests can succeed.
 *   <li>All choices come from one seed. Ids, tokens and cursors come from earlier responses of the
 *       application.
 *   <li>A finding contains its request, so that a developer can repeat the request.
 * </ol>
 */
@NullMarked
package io.accesstokens.testing.fuzz;

import org.jspecify.annotations.NullMarked;
