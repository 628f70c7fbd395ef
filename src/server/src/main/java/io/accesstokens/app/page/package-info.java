/**
 * Serves the HTML pages and their assets from the archive's directories {@code pages} and {@code
 * assets}. The pages are static. Scripts in the pages load the data from the public REST API.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.page.PageFiles} reads all files once, at startup. The class also
 *       computes the compressed form and the hash of each file. A client can request no other file,
 *       because the servlet uses a requested path only as a key in memory.
 *   <li>{@link io.accesstokens.app.page.PageTemplate} adds the header and the preload links to a
 *       page. The pages that differ only in their main script have one file, {@code page.html}.
 *   <li>A browser revalidates a page on each visit ({@code ETag}).
 *   <li>The URLs of the assets in a page contain one hash of all assets. Therefore, caches can keep
 *       the assets for a year, and a page never mixes assets of two versions.
 *   <li>Assets are served under any other hash too, because the replica that served the page may
 *       run another version. A response under another hash is not cached.
 *   <li>All links are relative. Therefore, pages work below any context path, and behind a proxy
 *       that adds a path.
 *   <li>{@link io.accesstokens.app.page.PageServlet} handles every path that no other servlet
 *       handles. For an unknown path, a browser gets a page, and any other client gets a problem
 *       document.
 *   <li>The container's default servlet is not used.
 * </ol>
 *
 * <p>The reasons are in {@code src/docs/decisions/0015-runtime-independence.md}.
 */
@NullMarked
package io.accesstokens.app.page;

import org.jspecify.annotations.NullMarked;
