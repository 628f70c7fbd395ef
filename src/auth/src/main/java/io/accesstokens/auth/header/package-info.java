/**
 * Parses and writes header fields (RFC 9110): lists of elements, and {@code WWW-Authenticate}.
 *
 * <p>{@link io.accesstokens.auth.header.HeaderElement} parses media types and codings in linear
 * time and without recursion, because anonymous callers can send any header.
 */
@NullMarked
package io.accesstokens.auth.header;

import org.jspecify.annotations.NullMarked;
