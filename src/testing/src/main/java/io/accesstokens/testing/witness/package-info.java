/** A witness of transparency logs, written from its specification without the libraries. */
@NullMarked
package io.accesstokens.testing.witness;

import org.jspecify.annotations.NullMarked;
