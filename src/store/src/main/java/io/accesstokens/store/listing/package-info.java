/** The queries of token lists and of the audit log. */
@NullMarked
package io.accesstokens.store.listing;

import org.jspecify.annotations.NullMarked;
