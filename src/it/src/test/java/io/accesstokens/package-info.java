/** Tests of the whole. */
@NullMarked
package io.accesstokens;

import org.jspecify.annotations.NullMarked;
