/**
 * The bodies of successful responses, and their writer.
 *
 * <ol>
 *   <li>Responses are records. Ids, entity refs and instants in the records are texts. A null
 *       member is in the JSON as null, unless the description of the member says that it is
 *       omitted.
 *   <li>The JSON has the members in the order of the record.
 *   <li>The records have their own writer ({@link
 *       io.accesstokens.http.response.ApiResponseWriter}), so that the writers of a host
 *       application do not change the responses.
 * </ol>
 */
@NullMarked
package io.accesstokens.http.response;

import org.jspecify.annotations.NullMarked;
