/**
 * The bodies of successful responses, and their writer.
 *
 * <ol>
 *   <li>Responses are records. Ids, refs and instants in the records are texts. Null members are
 *       written. Only members that are documented as optional are omitted.
 *   <li>The order of members in JSON is that of the record.
 *   <li>The records have their own writer ({@link
 *       io.accesstokens.http.response.ApiResponseWriter}), so that a host's writers do not change
 *       the responses.
 * </ol>
 */
@NullMarked
package io.accesstokens.http.response;

import org.jspecify.annotations.NullMarked;
