/** Tests the metrics. */
@NullMarked
package io.accesstokens.app.metrics;

import org.jspecify.annotations.NullMarked;
