/** Tests the package of the same name. */
@NullMarked
package io.accesstokens.verify;

import org.jspecify.annotations.NullMarked;
