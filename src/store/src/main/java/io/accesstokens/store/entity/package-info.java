/**
 * The rows of the database as Hibernate entities, and the conversion of column types.
 *
 * <ol>
 *   <li>Instants are stored in UTC with a precision of one microsecond ({@link
 *       io.accesstokens.store.entity.InstantConverter}). Instants are never converted to another
 *       time zone.
 *   <li>Ids are stored as text, so that their order is the same in every database.
 * </ol>
 */
@NullMarked
package io.accesstokens.store.entity;

import org.jspecify.annotations.NullMarked;
