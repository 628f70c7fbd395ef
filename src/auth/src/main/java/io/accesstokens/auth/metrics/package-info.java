/**
 * Publishes the metrics of a {@link io.accesstokens.auth.remote.RemoteTokenVerifier} with
 * Micrometer. An application that uses this package declares {@code io.micrometer:micrometer-core}.
 * Other applications need no Micrometer, because no other package uses this package.
 */
@NullMarked
package io.accesstokens.auth.metrics;

import org.jspecify.annotations.NullMarked;
