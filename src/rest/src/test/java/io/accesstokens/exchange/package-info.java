/** Tests {@code io.accesstokens.exchange}. */
@NullMarked
package io.accesstokens.exchange;

import org.jspecify.annotations.NullMarked;
