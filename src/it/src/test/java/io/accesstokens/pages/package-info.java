/**
 * Tests the pages in a real browser, as users operate them: by role and name, with and without a
 * mouse.
 *
 * <ol>
 *   <li>All tests share one application and one browser, which {@link
 *       io.accesstokens.pages.BrowserTest} starts. A test signs in as one of the sample users.
 *   <li>No test waits for a fixed time. {@link io.accesstokens.pages.Browser} waits for visible
 *       content, and reports what was visible instead if that does not appear.
 *   <li>After each test, the browser's console must be empty. A script error or a violation of the
 *       content security policy therefore fails the test. The console also logs responses with a
 *       status of 400 or more, so a test declares those that it expects.
 *   <li>Screenshots are saved in {@code target/screenshots}.
 * </ol>
 */
@NullMarked
package io.accesstokens.pages;

import org.jspecify.annotations.NullMarked;
