/** Serves the health checks for the monitoring system of an operator. */
@NullMarked
package io.accesstokens.app.monitoring;

import org.jspecify.annotations.NullMarked;
