/** Tests of the whole code base. */
@NullMarked
package io.accesstokens;

import org.jspecify.annotations.NullMarked;
