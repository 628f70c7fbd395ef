/**
 * Contains the command line of {@code java -jar access-tokens.war}, and the embedded servlet
 * container.
 *
 * <ol>
 *   <li>Without a command, the program runs the WAR as an external Tomcat does. In addition, it has
 *       its own connector, problem documents for requests that the container rejects, and a
 *       graceful shutdown.
 *   <li>The program reads the settings once, and passes them to the web application.
 *   <li>If the program cannot start, the program prints one line for each error on standard error,
 *       without a stack trace. The exit code is {@code 1} for a failed start and {@code 2} for an
 *       invalid command line. Some commands have further exit codes.
 *   <li>A library that only one command needs is not on the class path of the other commands. The
 *       operator provides the SQLite driver for {@code import-backstage}.
 *   <li>While a sample password works, the server listens on loopback addresses only.
 *   <li>On SIGTERM, the readiness check fails, and the server still accepts requests for {@code
 *       accessTokens.shutdown.delaySeconds}. The server then stops accepting connections, and waits
 *       at most twenty seconds for requests in flight. The server then stops the application, which
 *       writes its pending data.
 *   <li>If a lack of memory or threads ends a thread that the server needs, the process ends.
 *   <li>The server returns free memory to the operating system after the start. During the warm-up,
 *       the server repeatedly returns memory that the JIT compiler has freed.
 * </ol>
 *
 * <p>Sub-packages:
 *
 * <ul>
 *   <li>{@code app.command.connector} contains the HTTP connector.
 *   <li>{@code app.command.logging} writes the log and the access log.
 *   <li>{@code app.command.output} prints the results of commands.
 *   <li>{@code app.command.input} reads settings and passwords.
 *   <li>{@code app.command.verify} contains the commands {@code verify-log} and {@code
 *       archive-log}.
 * </ul>
 *
 * <p>The classes of this package need the libraries in {@code WEB-INF/launcher}. Therefore no class
 * of the web application may use these classes.
 */
@NullMarked
package io.accesstokens.app.command;

import org.jspecify.annotations.NullMarked;
