/**
 * The trace id of requests, and the settings of the log.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.logging.RequestTrace} chooses the trace id of a request.
 *   <li>{@link io.accesstokens.app.logging.TraceFilter} sets the id for each thread that processes
 *       the request.
 *   <li>A caller can choose the id. The id has at most 40 safe characters, and no code trusts it.
 *   <li>{@link io.accesstokens.app.logging.TraceIdHandler} adds the id to the lines of this
 *       application if the servlet container writes the log. The server of {@code java -jar} has
 *       its own format.
 *   <li>{@link io.accesstokens.app.logging.DisconnectLogFilter} removes the errors that Jersey and
 *       Payara log for clients that disconnect. The server of {@code java -jar} has its own filter.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.logging;

import org.jspecify.annotations.NullMarked;
