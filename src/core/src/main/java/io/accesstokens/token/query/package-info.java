/** Filters, sort orders, positions and pages of token lists. */
@NullMarked
package io.accesstokens.token.query;

import org.jspecify.annotations.NullMarked;
