/**
 * Reads files that an operator edits while the service runs. Files are read strictly and are read
 * again when they change.
 *
 * <p>The packages {@code login} and {@code directory} both read such files, but must not depend on
 * each other. The reading of files is therefore a separate package. The settings file of the
 * application has other rules and is read only once. {@link io.accesstokens.file.YamlText} parses
 * that file, too. The domain package {@code token} must depend on neither files nor YAML. This
 * package uses the JDK and SnakeYAML and no other package of the project.
 *
 * <ol>
 *   <li>The first read fails fast. An error in the file stops the start, with one line for each
 *       error ({@link io.accesstokens.file.MalformedFileException}).
 *   <li>Later reads are safe. If the new content is bad or the file is missing, the last good
 *       content stays in use. The log reports each such problem once. The log also reports when the
 *       file is good again.
 *   <li>A change is detected by size, modification time and file key. The file key detects a
 *       replaced file and a switched symbolic link. The file is checked when a caller requests the
 *       content, at most once a second. A file that was written in the last 200 ms is not read yet,
 *       because the file may be half-written. The safe way to change a file is to write a new file
 *       next to it and rename it.
 *   <li>No thread waits for another thread that reads the file. During a read, other threads get
 *       the previous content.
 *   <li>An error message gives the position (line, path of the field) and never repeats a value.
 *       The value may be a secret in the wrong field.
 *   <li>YAML is read as text, lists and mappings only. A plain {@code on}, {@code 007} or {@code
 *       2026-01-01} is text exactly as written. Names must not become booleans, numbers or dates.
 *       Only {@code null}, {@code ~} and an empty value mean "not given".
 *   <li>Hostile content does no harm. Explicit tags, duplicate keys, and aliases of lists and
 *       mappings are rejected. Nesting and size are bounded. No object is constructed from a tag.
 *       This package reads the composed nodes itself, because SnakeYAML's {@code SafeConstructor}
 *       would coerce types and lose the line numbers.
 * </ol>
 */
@NullMarked
package io.accesstokens.file;

import org.jspecify.annotations.NullMarked;
