/**
 * Publishes the metrics of a {@link io.accesstokens.auth.remote.RemoteTokenVerifier} with
 * Micrometer. An application that uses this package declares {@code io.micrometer:micrometer-core}.
 * No other package uses this package, so other applications need no Micrometer.
 */
@NullMarked
package io.accesstokens.auth.metrics;

import org.jspecify.annotations.NullMarked;
