/** Parses and writes header fields (RFC 9110): lists of elements, and {@code WWW-Authenticate}. */
@NullMarked
package io.accesstokens.auth.header;

import org.jspecify.annotations.NullMarked;
