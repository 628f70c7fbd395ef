/**
 * Files that an operator edits while the service runs: read strictly, and read again when they
 * change.
 *
 * <p>A room of its own, below {@code login} and {@code directory}: both read such files, neither
 * may use the other, and the domain ({@code token}) must know of neither files nor YAML. It uses
 * the JDK and SnakeYAML and no other room.
 *
 * <ol>
 *   <li>The first read is loud: what is wrong stops the start, with one line for each fault ({@link
 *       io.accesstokens.file.MalformedFileException}).
 *   <li>Later reads are safe: bad content, or a file that has gone, keeps the last good one, and
 *       the log says so once for each such state. When the file is good again, the log says that.
 *   <li>A change is seen by size, modification time and file key (so a replaced file and a switched
 *       symbolic link count), looked at when the content is asked for, at most once a second. A
 *       file that was written in the last 200 ms is left alone until it stands still, so that a
 *       half-written one is not taken for the whole. To be sure, write a new file beside it and
 *       rename it.
 *   <li>No thread waits for another's reading: those who ask meanwhile get the content of before.
 *   <li>A complaint says where (line, path of the field) and never repeats a value, for the value
 *       may be a secret in the wrong place.
 *   <li>YAML is read as text, lists and mappings, and nothing else. A plain {@code on}, {@code 007}
 *       or {@code 2026-01-01} is the text that stands there: names must not turn into booleans,
 *       numbers or dates. Only {@code null}, {@code ~} and nothing at all mean "not given".
 *   <li>Hostile content stays harmless: explicit tags, duplicate keys, and aliases of lists and
 *       mappings are refused, nesting and size are bounded, and no object is constructed from a
 *       tag. (This room reads the composed nodes itself. SnakeYAML's {@code SafeConstructor} would
 *       coerce types and lose the line numbers.)
 * </ol>
 */
@NullMarked
package io.accesstokens.file;

import org.jspecify.annotations.NullMarked;
