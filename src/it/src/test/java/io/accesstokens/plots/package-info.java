/** Draws the plots of the README from the tables of the benchmark results. */
@NullMarked
package io.accesstokens.plots;

import org.jspecify.annotations.NullMarked;
