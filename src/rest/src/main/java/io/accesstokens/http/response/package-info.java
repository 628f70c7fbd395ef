/**
 * The bodies of successful responses, and their writer.
 *
 * <ol>
 *   <li>Responses are records of texts. Null members are written. Only members that are documented
 *       as optional are omitted.
 *   <li>The order of members in JSON is that of the record.
 *   <li>The records have their own writer ({@link
 *       io.accesstokens.http.response.ApiResponseWriter}), so that a host's writers do not change
 *       them.
 * </ol>
 */
@NullMarked
package io.accesstokens.http.response;

import org.jspecify.annotations.NullMarked;
