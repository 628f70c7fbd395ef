/** Measures for how long this process has run, see {@link RunningTime}. */
@NullMarked
package io.accesstokens.testing.time;

import org.jspecify.annotations.NullMarked;
