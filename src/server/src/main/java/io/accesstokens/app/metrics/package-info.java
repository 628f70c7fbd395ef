/**
 * Measures the application and publishes the results with Micrometer.
 *
 * <p>The values of all labels come from constants, enums, settings and the routes of the
 * application. A label never contains text of a request, or the name of a token, user or group.
 * Therefore, the number of series has a fixed bound.
 *
 * <p>Series are created at start, so they exist before the first event. Only {@code
 * http_server_requests_seconds} gets further series at the first response with another status.
 */
@NullMarked
package io.accesstokens.app.metrics;

import org.jspecify.annotations.NullMarked;
