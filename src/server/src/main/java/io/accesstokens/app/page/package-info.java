/**
 * Serves the HTML pages and what they are made of, from the archive's {@code pages} and {@code
 * assets}. The pages are static: what they show, they get from the public REST API.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.page.PageFiles} reads all of it once, at the start, with its
 *       compressed form and its hash. Nothing else can be asked for, whatever a path says: a path
 *       is looked up, and never becomes the name of a file.
 *   <li>A page is revalidated each time it is visited ({@code ETag}). It names its assets by a hash
 *       of them all, so that these can stay in caches for a year, and what belongs together is
 *       loaded together. Assets are found by another hash, too, without being kept: the replica
 *       that answered the page may be of another version.
 *   <li>All links are relative, so that pages work below any context path, and behind a proxy that
 *       adds one.
 *   <li>{@link io.accesstokens.app.page.PageServlet} answers every path that nothing else answers.
 *       A person's browser gets a page that says so if there is nothing; everybody else gets the
 *       problem document.
 * </ol>
 *
 * <p>Decision: not the container's default servlet. Those of the servers differ in what they
 * compress, in their tags and in what they list, and would serve the class files at the archive's
 * root.
 */
@NullMarked
package io.accesstokens.app.page;

import org.jspecify.annotations.NullMarked;
