/**
 * Contains the main class of {@code java -jar access-tokens.war}.
 *
 * <ol>
 *   <li>This package uses {@code java.base} only, because nothing else is on the class path yet.
 *   <li>The program unpacks the WAR into its own temporary directory, which only the owner can
 *       read. The program removes the directory when the process ends. The next start removes
 *       directories of killed processes. Each process holds a lock on its directory. If the lock is
 *       free, the process is no longer running.
 *   <li>There are two class loaders. The first class loader covers {@code WEB-INF/launcher}, which
 *       contains the servlet container and the command line. The second class loader is a child of
 *       the first. The second class loader covers {@code WEB-INF/classes} and {@code WEB-INF/lib},
 *       for the commands. The class loader of the web application is another child of the first, as
 *       in an external Tomcat.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.boot;

import org.jspecify.annotations.NullMarked;
