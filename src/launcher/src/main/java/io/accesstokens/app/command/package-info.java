/**
 * The command line of {@code java -jar access-tokens.war}, and the servlet container that its
 * {@code serve} command embeds.
 *
 * <ol>
 *   <li>{@code serve} starts the very WAR that an external Tomcat would be given: it adds a
 *       connector, problem documents for what the container itself refuses, and an orderly end.
 *   <li>Options become system properties, which the web application reads as it would anywhere, so
 *       there is one way to configure it.
 *   <li>Whatever keeps it from starting is said in one line a mistake on standard error, without a
 *       stack trace, and the exit code is not zero: {@code 1} for a start that failed, {@code 2}
 *       for a command line that cannot be understood. A command may have more of its own.
 *   <li>What only one command needs is not on the others' class path: the drivers of {@code
 *       import-backstage} are in {@code WEB-INF/import}.
 *   <li>As long as a sample password works, it listens on loopback addresses only.
 *   <li>On SIGTERM it stops accepting connections, lets requests in flight finish (twenty seconds
 *       at most), then stops the application, which writes what it still holds.
 *   <li>Clients that send a request head or read a response too slowly lose their connection, see
 *       {@link io.accesstokens.app.command.ConnectionSweep}.
 *   <li>What the start leaves behind in memory, and what the compiler frees while the server warms
 *       up, goes back to the system.
 * </ol>
 *
 * <p>These classes need the libraries in {@code WEB-INF/launcher}, so no class of the web
 * application may use them.
 */
@NullMarked
package io.accesstokens.app.command;

import org.jspecify.annotations.NullMarked;
