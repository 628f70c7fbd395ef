/**
 * Stores notices and their deliveries.
 *
 * <ol>
 *   <li>{@link io.accesstokens.store.notice.NoticeOutbox} writes the notice of a change in the
 *       transaction of the change.
 *   <li>A process claims a row by an update whose condition contains the former state of the row.
 *       Therefore only one process can claim the row. A result is recorded only if the claim is
 *       unchanged.
 *   <li>All statements are plain SQL, because Hibernate translates its own queries at their first
 *       use. The translation can take longer than the database lets a transaction with a lock be
 *       idle.
 * </ol>
 */
@NullMarked
package io.accesstokens.store.notice;

import org.jspecify.annotations.NullMarked;
