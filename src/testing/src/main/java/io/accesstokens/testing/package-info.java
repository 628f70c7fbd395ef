/**
 * Real components for tests, instead of mocks.
 *
 * <ul>
 *   <li>The application, started as an operator starts it.
 *   <li>Database servers, an HTTP client and a bare socket.
 *   <li>Random input, which can be reproduced from its seed.
 * </ul>
 *
 * <p>These rules apply to the package:
 *
 * <ol>
 *   <li>No class here replaces a part of the application.
 *   <li>Each class that starts a process also stops that process. The package sends signals only to
 *       processes that it started.
 *   <li>Environment variables of the shell that could influence a test are removed, such as {@code
 *       ACCESSTOKENS_*} and {@code JAVA_TOOL_OPTIONS}.
 *   <li>Responses and logs of the application are kept, so a test can search them for secrets.
 * </ol>
 */
@NullMarked
package io.accesstokens.testing;

import org.jspecify.annotations.NullMarked;
