/**
 * Real components for tests. Tests use these components instead of mocks.
 *
 * <ul>
 *   <li>The application in a process or in a servlet container ({@code server}, {@code host}).
 *   <li>Databases and other servers ({@code server}, {@code backstage}, {@code syslog}, {@code
 *       witness}).
 *   <li>An HTTP client and a bare socket ({@code client}), and a fuzzer ({@code fuzz}).
 *   <li>Programs of the operating system, and their installation ({@code program}).
 *   <li>Random input that can be reproduced from a seed.
 * </ul>
 *
 * <p>These rules apply to the package:
 *
 * <ol>
 *   <li>No class here replaces a part of the application.
 *   <li>Each class that starts a process also stops that process. The package sends signals only to
 *       its own processes.
 *   <li>Processes do not receive environment variables that could influence a test, such as {@code
 *       ACCESSTOKENS_*} and {@code JAVA_TOOL_OPTIONS}.
 *   <li>Responses and logs of the application are stored, so that a test can search them for
 *       secrets.
 * </ol>
 */
@NullMarked
package io.accesstokens.testing;

import org.jspecify.annotations.NullMarked;
