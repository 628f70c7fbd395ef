/**
 * Calls systems outside of the service: receivers of webhooks, and witnesses of the transparency
 * log.
 *
 * <p>Each call has one deadline for everything, reads a bounded response, follows no redirect, and
 * connects only to addresses that {@link io.accesstokens.app.outbound.TargetAddresses} allows.
 */
@NullMarked
package io.accesstokens.app.outbound;

import org.jspecify.annotations.NullMarked;
