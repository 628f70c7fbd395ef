/** Tests the package of the same name. */
@NullMarked
package io.accesstokens.token;

import org.jspecify.annotations.NullMarked;
