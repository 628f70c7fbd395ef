/**
 * Serves the HTML pages and their assets from the archive's directories {@code pages} and {@code
 * assets}. The pages are static: they load their data from the public REST API.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.page.PageFiles} reads all files once, at startup, and computes
 *       their compressed form and hash. No other file can be requested: a path is looked up, and
 *       never becomes a file name.
 *   <li>A browser revalidates a page on each visit ({@code ETag}). The page names its assets by one
 *       hash of all assets. So caches can keep the assets for a year, and a page never mixes assets
 *       of two versions. Assets are also served under another hash, but are not cached then,
 *       because the replica that served the page may run another version.
 *   <li>All links are relative. So pages work below any context path, and behind a proxy that adds
 *       one.
 *   <li>{@link io.accesstokens.app.page.PageServlet} answers every path that no other servlet
 *       handles. For an unknown path, a browser gets a page, and any other client gets the problem
 *       document.
 *   <li>The container's default servlet is not used.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0015-runtime-independence.md}.
 */
@NullMarked
package io.accesstokens.app.page;

import org.jspecify.annotations.NullMarked;
