/**
 * Measures the application and publishes the results with Micrometer.
 *
 * <p>The values of all labels come from constants, enums, settings, the JVM and the routes of the
 * application. A label never contains text of a request, or the name of a token, user or group.
 * Therefore, the number of series has a fixed bound.
 *
 * <p>Series are created at start, and therefore exist before the first event. There are two
 * exceptions:
 *
 * <ul>
 *   <li>{@code http_server_requests_seconds}: at start, each method of the OpenAPI description has
 *       one series, with one status. The first response with a different route, method or status
 *       adds a series.
 *   <li>{@code jvm_gc_pause_seconds} and {@code jvm_gc_concurrent_phase_time_seconds}: the first
 *       garbage collection with a different action or cause adds a series.
 * </ul>
 */
@NullMarked
package io.accesstokens.app.metrics;

import org.jspecify.annotations.NullMarked;
