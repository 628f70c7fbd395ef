/**
 * The pages in a real browser, as people use them: by role and name, with the mouse and without.
 *
 * <ol>
 *   <li>One application and one browser serve all of it. {@link io.accesstokens.pages.BrowserTest}
 *       starts both, and a test signs in as one of the sample people.
 *   <li>Nothing waits for a time: {@link io.accesstokens.pages.Browser} waits for what is to be
 *       seen, and fails with what was seen instead.
 *   <li>After each test the browser's console must be empty. So a fault of a script fails it, and
 *       so does anything that the content security policy forbids. Answers of 400 and more are
 *       logged there, too: a test that provokes one says so.
 *   <li>Pictures of what was seen are in {@code target/screenshots}.
 * </ol>
 */
@NullMarked
package io.accesstokens.pages;

import org.jspecify.annotations.NullMarked;
