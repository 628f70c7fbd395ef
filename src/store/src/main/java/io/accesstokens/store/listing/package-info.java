/**
 * The queries for token lists, for the overview and for the audit log, and the reads of previous
 * secrets.
 *
 * <ol>
 *   <li>Lists are exact for the instant of the query. The cost of a list by status and group does
 *       not depend on the number of tokens. Any other list usually costs at most one scan of the
 *       table ({@link io.accesstokens.store.listing.TokenListing}).
 *   <li>A search compares the text with the generated column {@code search_text}. The database
 *       converts both to the same case, letter by letter.
 *   <li>All numbers of an overview belong to the same moment, because one statement counts them
 *       ({@link io.accesstokens.store.listing.TokenCountQuery}). The statement reads an index that
 *       contains all needed columns.
 *   <li>The audit log of all tokens has an index for most filters, in the order of time. The index
 *       by group needs the group of the token in each row. The rows of older versions lack the
 *       group. Until maintenance has added the group, a query finds these rows by their tokens
 *       ({@link io.accesstokens.store.listing.AuditLogBranch}).
 * </ol>
 */
@NullMarked
package io.accesstokens.store.listing;

import org.jspecify.annotations.NullMarked;
