/**
 * Calls systems outside of the service: receivers of webhooks, and witnesses of the transparency
 * log.
 *
 * <ol>
 *   <li>Each call has one deadline for all its steps. Only a slow name look-up can exceed the
 *       deadline.
 *   <li>Each call reads a bounded response, follows no redirect, and connects only to addresses
 *       that {@link io.accesstokens.app.outbound.TargetAddressResolver} allows.
 *   <li>The name of a target is resolved once for each connection, so that a name server cannot
 *       return another address after the check.
 *   <li>{@link io.accesstokens.app.outbound.WebhookClient} follows the Standard Webhooks
 *       specification 1.0.0. It uses no proxy, and stores and logs no part of a response body.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.outbound;

import org.jspecify.annotations.NullMarked;
