/**
 * An HTTP fuzzer that generates requests from the OpenAPI document. The fuzzer sends valid,
 * boundary and hostile values to each operation, and validates each response against the document.
 *
 * <ol>
 *   <li>The form of requests and responses comes from the document alone. Only {@code FuzzCallers}
 *       and {@code KnownValues} contain the meaning of some names, because requests cannot succeed
 *       without that knowledge.
 *   <li>All choices come from one seed. Ids, tokens and cursors come from earlier responses of the
 *       application.
 *   <li>A finding contains its request, so a developer can send the request again by hand.
 * </ol>
 */
@NullMarked
package io.accesstokens.testing.fuzz;

import org.jspecify.annotations.NullMarked;
