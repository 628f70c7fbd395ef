/** The rows of the database as Hibernate entities, and the conversion of column types. */
@NullMarked
package io.accesstokens.store.entity;

import org.jspecify.annotations.NullMarked;
