/**
 * The queries for token lists, for the overview and for the audit log, and the reads of previous
 * secrets.
 *
 * <ol>
 *   <li>Lists are exact for the instant of the query. The cost of a list by status and group does
 *       not depend on the number of tokens. Any other list costs at most one scan of the table
 *       ({@link io.accesstokens.store.listing.TokenListing}).
 *   <li>A search compares the text with the generated column {@code search_text}. The database
 *       converts both to the same case, letter by letter.
 *   <li>One statement counts all numbers of an overview, so all numbers belong to the same moment
 *       ({@link io.accesstokens.store.listing.TokenCountQuery}). The statement reads an index that
 *       contains all needed columns.
 *   <li>The audit log of all tokens has an index for most filters, in the order of time. For the
 *       index by group, each row contains the group of the row's token. Rows of older versions lack
 *       the group. Until maintenance has added the group, a query finds such rows by their tokens
 *       ({@link io.accesstokens.store.listing.AuditLogBranch}).
 * </ol>
 */
@NullMarked
package io.accesstokens.store.listing;

import org.jspecify.annotations.NullMarked;
