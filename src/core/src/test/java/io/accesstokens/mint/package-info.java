/** Flows through their stages, without HTTP. */
@NullMarked
package io.accesstokens.mint;

import org.jspecify.annotations.NullMarked;
