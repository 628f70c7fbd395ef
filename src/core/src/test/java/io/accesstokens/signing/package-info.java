/** Tests {@code io.accesstokens.signing}. */
@NullMarked
package io.accesstokens.signing;

import org.jspecify.annotations.NullMarked;
