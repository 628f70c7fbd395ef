/**
 * Contains the main class of {@code java -jar access-tokens.war}.
 *
 * <ol>
 *   <li>This package uses {@code java.base} only, because nothing else is on the class path yet.
 *   <li>The program unpacks the WAR into its own temporary directory, which only the owner can
 *       read. The program removes the directory when the process ends. The next start removes
 *       directories of killed processes. Each process holds a lock on its directory. If the lock is
 *       free, the process is no longer running.
 *   <li>One class loader loads the servlet container, the command line and the application from the
 *       jars of {@code WEB-INF/launcher} and {@code WEB-INF/lib}. The parent of this class loader
 *       is the platform class loader. Tomcat's class loader for the web application is a child
 *       without classes of its own.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.boot;

import org.jspecify.annotations.NullMarked;
