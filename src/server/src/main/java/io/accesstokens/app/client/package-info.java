/**
 * Determines the client address of a request. Limits unknown tokens and wrong JWT signatures per
 * client address, and changes per caller.
 *
 * <ol>
 *   <li>By default, the client address is the address of the connection's peer. A forwarding header
 *       is used only if the peer is a proxy that the operator trusts ({@link
 *       io.accesstokens.app.client.TrustedProxies}).
 *   <li>If the request has {@code X-Forwarded-For}, this header is the forwarding header. Otherwise
 *       {@code Forwarded} (RFC 7239) is the forwarding header. The two headers are never combined.
 *   <li>The header is read from right to left, because the nearest proxy writes at the right end.
 *       The first address that is not a trusted proxy is the client address. The client can forge
 *       the elements to the left of this address. If all addresses are trusted proxies, the
 *       leftmost address is the client address.
 *   <li>If an element is not an address, the reading ends. In this case, the client address is the
 *       address of the proxy that wrote the element. The number of elements that are read is
 *       bounded.
 *   <li>An address has one text form ({@link io.accesstokens.verify.IpAddress}), which is used for
 *       log lines, storage and comparison. An IPv4 address is equal to the IPv4-mapped IPv6
 *       address.
 *   <li>Limits count an IPv6 address by its first 64 bits, because the client can choose the other
 *       bits.
 *   <li>The state of the limits uses bounded memory. An entry expires as soon as it has no effect.
 *   <li>This package never looks up a host name.
 * </ol>
 *
 * <p>The reasons are in {@code src/docs/decisions/0016-proxies.md}.
 *
 * <p>This package ignores the scheme and the host that a proxy reports, because links do not depend
 * on a request.
 */
@NullMarked
package io.accesstokens.app.client;

import org.jspecify.annotations.NullMarked;
