/**
 * Measures the application and publishes the results with Micrometer.
 *
 * <p>The values of all labels come from constants, enums, settings and the routes of the
 * application. A label never contains text of a request, or the name of a token, user or group.
 * Therefore, the number of series has a fixed bound.
 *
 * <p>Series are created at start, and therefore exist before the first event. The only exception is
 * {@code http_server_requests_seconds}: at start, each route has one series per method, with one
 * status. The first response with a different method or status adds a series.
 */
@NullMarked
package io.accesstokens.app.metrics;

import org.jspecify.annotations.NullMarked;
