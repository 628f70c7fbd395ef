/**
 * Real parts for tests: the application as an operator starts it, database servers, an HTTP client,
 * a bare socket, and random input that its seed makes again.
 *
 * <ol>
 *   <li>Nothing here replaces a part of the application; there are no mocks.
 *   <li>A process that is started here is stopped here: all of them close themselves, and only
 *       processes that this package started are ever signalled.
 *   <li>Nothing is inherited from the shell that could change what is tested ({@code
 *       ACCESSTOKENS_*}, {@code JAVA_TOOL_OPTIONS}).
 *   <li>What the application answers and logs is kept, so that a test can search it for secrets.
 * </ol>
 */
@NullMarked
package io.accesstokens.testing;

import org.jspecify.annotations.NullMarked;
