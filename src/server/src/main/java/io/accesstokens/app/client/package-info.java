/**
 * Determines the client address of a request, and limits wrong credentials per client address.
 *
 * <ol>
 *   <li>The client address is the address of the connection's peer, unless the peer is a proxy that
 *       the operator trusts ({@link io.accesstokens.app.client.TrustedProxies}). For a trusted
 *       proxy, {@code X-Forwarded-For} is evaluated or, without it, {@code Forwarded} (RFC 7239).
 *       The header is read from the right, where the nearest proxy wrote, up to the first address
 *       that is not a trusted proxy. Elements further left may be forged by the client.
 *   <li>An element that is not an address ends the walk: the result is the proxy that wrote the
 *       element. Names are never looked up, and the work is bounded.
 *   <li>An address has one text form ({@link io.accesstokens.verify.IpAddress}), which is used for
 *       log lines, storage and comparison. An IPv4 address and the same address mapped into IPv6
 *       are equal.
 *   <li>Limits count an IPv6 address by its first 64 bits, because the client can choose the other
 *       bits.
 *   <li>The state of the limits has bounded memory, and expires as soon as it has no effect.
 *   <li>{@code X-Forwarded-For} and {@code Forwarded} are never combined.
 *   <li>This package parses addresses and ranges itself, without look-ups.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0016-proxies.md}.
 *
 * <p>Out of scope: the scheme and the host that a proxy reports. Links do not depend on a request.
 */
@NullMarked
package io.accesstokens.app.client;

import org.jspecify.annotations.NullMarked;
