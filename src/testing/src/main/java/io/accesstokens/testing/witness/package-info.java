/**
 * A witness of transparency logs. The code follows the specification <a
 * href="https://c2sp.org/tlog-witness">c2sp.org/tlog-witness</a>, and uses only classes of the JDK.
 */
@NullMarked
package io.accesstokens.testing.witness;

import org.jspecify.annotations.NullMarked;
