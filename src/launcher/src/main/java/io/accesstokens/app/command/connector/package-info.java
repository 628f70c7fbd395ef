/**
 * Contains the HTTP connector of {@code java -jar access-tokens.war}: Tomcat's NIO connector with
 * limits for slow clients.
 *
 * <p>The server closes the connections of clients that send a request head or read a response too
 * slowly. See {@link io.accesstokens.app.command.connector.ConnectionSweep}.
 */
@NullMarked
package io.accesstokens.app.command.connector;

import org.jspecify.annotations.NullMarked;
