/** Servlet filters and servlets, in the order of {@code web.xml}. */
@NullMarked
package io.accesstokens.app.web;

import org.jspecify.annotations.NullMarked;
