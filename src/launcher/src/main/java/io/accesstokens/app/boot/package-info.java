/**
 * The first class that {@code java -jar} runs.
 *
 * <ol>
 *   <li>It uses {@code java.base} only, as nothing else is on the class path yet.
 *   <li>It unpacks the WAR into a temporary directory of its own, readable by its owner only, and
 *       removes it at exit. What a killed process left behind is removed by the next start: each
 *       process holds a lock on its directory, so a directory whose lock is free has no owner.
 *   <li>Two class loaders keep things apart: one over {@code WEB-INF/launcher} (the servlet
 *       container and the command line) and, below it, one over {@code WEB-INF/classes} and {@code
 *       WEB-INF/lib} for the commands. The web application gets a loader of its own below the
 *       first, just as in an external Tomcat.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.boot;

import org.jspecify.annotations.NullMarked;
