/** Serves the health checks and the metrics for the monitoring system of an operator. */
@NullMarked
package io.accesstokens.app.monitoring;

import org.jspecify.annotations.NullMarked;
