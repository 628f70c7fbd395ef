/**
 * The command line of {@code java -jar access-tokens.war}, and the servlet container that its
 * {@code serve} command embeds.
 *
 * <ol>
 *   <li>{@code serve} starts the same WAR that an external Tomcat would run. It adds a connector,
 *       problem documents for requests that the container itself rejects, and an orderly shutdown.
 *   <li>Options become system properties, which the web application reads in any container. So
 *       there is one way to configure it.
 *   <li>If the program cannot start, it prints one line for each error on standard error, without a
 *       stack trace. The exit code is {@code 1} for a failed start and {@code 2} for an invalid
 *       command line. A command may have more exit codes.
 *   <li>Libraries that only one command needs are not on the class path of the others. The driver
 *       of PostgreSQL for {@code import-backstage} is in {@code WEB-INF/import}. The operator
 *       provides the driver of SQLite.
 *   <li>While a sample password works, the server listens on loopback addresses only.
 *   <li>On SIGTERM the server stops accepting connections and waits at most twenty seconds for
 *       requests in flight. It then stops the application, which writes its pending data.
 *   <li>The server closes the connections of clients that send a request head or read a response
 *       too slowly, see {@link io.accesstokens.app.command.ConnectionSweep}.
 *   <li>The server returns free memory to the operating system: after the start, and repeatedly
 *       during the warm-up, when the JIT compiler has freed memory.
 * </ol>
 *
 * <p>These classes need the libraries in {@code WEB-INF/launcher}, so no class of the web
 * application may use them.
 */
@NullMarked
package io.accesstokens.app.command;

import org.jspecify.annotations.NullMarked;
