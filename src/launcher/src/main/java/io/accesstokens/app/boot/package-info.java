/**
 * The first class that {@code java -jar} runs, and its helpers.
 *
 * <ol>
 *   <li>This package uses {@code java.base} only, because nothing else is on the class path yet.
 *   <li>It unpacks the WAR into its own temporary directory, which only its owner can read, and
 *       removes it at exit. The next start removes directories that killed processes left behind.
 *       Each process holds a lock on its directory, so a directory whose lock is free has no
 *       running process.
 *   <li>It uses two class loaders. One covers {@code WEB-INF/launcher}: the servlet container and
 *       the command line. The other, below it, covers {@code WEB-INF/classes} and {@code
 *       WEB-INF/lib} for the commands. The web application gets its own loader below the first, as
 *       in an external Tomcat.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.boot;

import org.jspecify.annotations.NullMarked;
