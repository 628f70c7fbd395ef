/**
 * Contains the queries for token lists, for the overview and for the audit log.
 *
 * <ol>
 *   <li>Lists are exact for the instant of the query. A list by status and group costs the same
 *       with a thousand tokens and with a million. A search, or another filter or order, costs at
 *       most one scan of the table ({@link io.accesstokens.store.listing.TokenListing}).
 *   <li>A search compares the text with the generated column {@code search_text}. The database
 *       converts both to lower case.
 *   <li>One statement counts all numbers of an overview, so all numbers belong to the same moment
 *       ({@link io.accesstokens.store.listing.TokenCountQuery}). The statement reads an index that
 *       contains all needed columns.
 *   <li>The audit log of all tokens has an index for each filter, in the order of time. Therefore
 *       each row contains the group of its token. Rows of older versions of this program do not
 *       have the group. A query finds these rows by their tokens until maintenance has added the
 *       group, batch by batch ({@link io.accesstokens.store.listing.AuditLogBranch}).
 * </ol>
 */
@NullMarked
package io.accesstokens.store.listing;

import org.jspecify.annotations.NullMarked;
