/** Tests {@code io.accesstokens.session}. */
@NullMarked
package io.accesstokens.session;

import org.jspecify.annotations.NullMarked;
