/**
 * The log of {@code java -jar}: the format of lines, limits on their number, and the access log.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.command.log.ProgramLog} configures {@code java.util.logging},
 *       unless the operator has set {@code java.util.logging.config.file}.
 *   <li>{@link io.accesstokens.app.command.log.LineFormat} makes one bounded line of each entry.
 *   <li>{@link io.accesstokens.app.command.log.LineWriter} writes the lines. A slow output delays
 *       the application only briefly. Lines that are lost are counted and reported.
 *   <li>{@link io.accesstokens.app.command.log.RequestValve} gives each request its trace id before
 *       the application receives the request, and writes the access log.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.command.log;

import org.jspecify.annotations.NullMarked;
