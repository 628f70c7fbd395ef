/**
 * Reads files that an operator edits while the service runs. This package reads a file strictly,
 * and reads the file again when the file changes. For other files, the package only describes
 * failures ({@link io.accesstokens.file.FileErrors}).
 *
 * <p>Packages that must not depend on each other read such files, for example {@code directory} and
 * {@code ldap}. Therefore, this package is separate. This package uses only the JDK and SnakeYAML.
 *
 * <p>The settings file is read only once. The settings file has rules of its own, but is parsed by
 * {@link io.accesstokens.file.YamlText} too.
 *
 * <ol>
 *   <li>The first read is strict. If the file has an error, the service does not start and reports
 *       one line for each error ({@link io.accesstokens.file.MalformedFileException}).
 *   <li>Later reads are safe. If the new content is invalid or the file is missing, the last valid
 *       content stays in use. The log reports each problem once. The log also reports when the file
 *       is valid again.
 *   <li>A change is detected by size, modification time and file key. The file key changes if
 *       another file replaces the file, or if a symbolic link points to another file. The file is
 *       checked when a caller requests the content, at most once a second. A file that was written
 *       in the last 200 ms is not read again yet, because its content may be incomplete. The safe
 *       way to change a file is to write a new file in the same directory and to rename the new
 *       file.
 *   <li>No thread waits for another thread that reads the file. During a read, other threads get
 *       the previous content.
 *   <li>An error message contains the line, if it is known, but no value other than an entity ref.
 *       Another value may be a secret in the wrong field.
 *   <li>YAML is read as text, lists and mappings only. A value is not converted to a boolean, a
 *       number or a date. For example, {@code on}, {@code 007} and {@code 2026-01-01} remain text.
 *       Only {@code null}, {@code Null}, {@code NULL}, {@code ~} and an empty value mean that a
 *       value is absent.
 *   <li>Malicious content does no harm. Tags of other types than text, list, mapping and null,
 *       duplicate keys, and aliases of lists and mappings are rejected. Nesting and size are
 *       bounded. No object is constructed from a tag. This package reads the composed nodes,
 *       because SnakeYAML's {@code SafeConstructor} would coerce types and lose the line numbers.
 * </ol>
 */
@NullMarked
package io.accesstokens.file;

import org.jspecify.annotations.NullMarked;
