/** Parses query parameters and JSON bodies strictly and with bounded work. */
@NullMarked
package io.accesstokens.http.input;

import org.jspecify.annotations.NullMarked;
