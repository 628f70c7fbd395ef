/**
 * The log of {@code java -jar}: the format of lines, limits on their number, and the access log.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.command.logging.ProgramLog} configures {@code
 *       java.util.logging}, unless the operator has set {@code java.util.logging.config.file}.
 *   <li>{@link io.accesstokens.app.command.logging.LineFormat} makes one bounded line of each
 *       entry.
 *   <li>{@link io.accesstokens.app.command.logging.LineWriter} writes the lines. A slow output
 *       delays the application only briefly. Lines that are lost are counted and reported.
 *   <li>{@link io.accesstokens.app.command.logging.RequestValve} gives each request its trace id
 *       before the application receives the request, and writes the access log.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.command.logging;

import org.jspecify.annotations.NullMarked;
