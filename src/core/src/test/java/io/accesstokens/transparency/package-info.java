/** Tests the transparency log. */
@NullMarked
package io.accesstokens.transparency;

import org.jspecify.annotations.NullMarked;
