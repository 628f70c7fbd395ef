/** Serves the health checks for an operator's monitoring. */
@NullMarked
package io.accesstokens.app.monitoring;

import org.jspecify.annotations.NullMarked;
