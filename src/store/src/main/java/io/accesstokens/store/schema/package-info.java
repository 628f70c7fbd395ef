/** The migrations of the schema, on any {@code DataSource}. */
@NullMarked
package io.accesstokens.store.schema;

import org.jspecify.annotations.NullMarked;
