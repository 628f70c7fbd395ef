/**
 * Contains the HTTP connector of {@code java -jar access-tokens.war}: Tomcat's NIO connector with
 * limits for slow clients, and with as few threads as the requests need.
 *
 * <ol>
 *   <li>The server closes the connections of clients that send a request head or read a response
 *       too slowly. See {@link io.accesstokens.app.command.connector.ConnectionSweep}.
 *   <li>Only two requests for each processor run at a time. A request that takes longer than a
 *       millisecond does not count. See {@link
 *       io.accesstokens.app.command.connector.RequestExecutor}.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.command.connector;

import org.jspecify.annotations.NullMarked;
