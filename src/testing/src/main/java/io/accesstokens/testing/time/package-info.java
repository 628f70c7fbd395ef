/** The time for which a process runs on a machine that can stop all processes. */
@NullMarked
package io.accesstokens.testing.time;

import org.jspecify.annotations.NullMarked;
