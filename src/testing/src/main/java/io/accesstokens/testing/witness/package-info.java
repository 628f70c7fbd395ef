/**
 * A witness of transparency logs. The code follows the specification, and uses only classes of the
 * JDK.
 */
@NullMarked
package io.accesstokens.testing.witness;

import org.jspecify.annotations.NullMarked;
