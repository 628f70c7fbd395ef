/**
 * The queries of token lists, of the overview and of the audit log.
 *
 * <ol>
 *   <li>Lists are exact for the instant of the query. A list by status and group costs the same
 *       with a thousand tokens and with a million. A search, or another filter or order, costs at
 *       most one scan of the table ({@link io.accesstokens.store.listing.TokenListing}).
 *   <li>A search compares lower-case text, by the rules of the database, in the generated column
 *       {@code search_text}.
 *   <li>One statement counts all numbers of an overview, so they belong to one moment ({@link
 *       io.accesstokens.store.listing.TokenCountQuery}). It reads an index that contains all
 *       columns it needs.
 *   <li>The audit log of all tokens has an index for each filter, in the order of time. For that, a
 *       row contains the group of its token. Rows of older versions do not have the group. They are
 *       found by their tokens until maintenance has filled it in, batch by batch ({@link
 *       io.accesstokens.store.listing.AuditLogBranch}).
 * </ol>
 */
@NullMarked
package io.accesstokens.store.listing;

import org.jspecify.annotations.NullMarked;
