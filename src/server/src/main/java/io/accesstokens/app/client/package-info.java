/**
 * Where a request comes from, and how many wrong credentials are put up with from there.
 *
 * <ol>
 *   <li>The address of a client is that of the connection's other end, unless that is a proxy that
 *       the operator trusts ({@link io.accesstokens.app.client.TrustedProxies}). Then {@code
 *       X-Forwarded-For} counts or, without it, {@code Forwarded} (RFC 7239): read from the right,
 *       where the nearest proxy wrote, to the first address that is no trusted proxy. What stands
 *       left of it was written by the client, or by those whom the client chose.
 *   <li>What is not an address ends the walk at the proxy that told of it. Nothing is looked up by
 *       name, and the work is bounded.
 *   <li>An address has one text ({@link io.accesstokens.verify.IpAddress}), by which it is logged,
 *       stored and compared: an IPv4 address is the same when IPv6 carries it.
 *   <li>Limits count an IPv6 address by its first 64 bits, for the rest is the client's to choose.
 *   <li>Who is limited is remembered in bounded memory, and for no longer than it matters.
 * </ol>
 *
 * <p>Decision: both headers are not mixed. A proxy appends to the one it knows and lets the other
 * pass as the client sent it, so mixing them would let the client in on the decision. Most proxies
 * know {@code X-Forwarded-For}; one that writes {@code Forwarded} alone must remove the other.
 *
 * <p>Decision: addresses and ranges are parsed by a few lines of ours. The JDK's parser looks up
 * names, and the libraries for this are larger than the rest of what an address needs.
 *
 * <p>Out of scope: the scheme and the host that a proxy tells of. Links do not depend on a request.
 */
@NullMarked
package io.accesstokens.app.client;

import org.jspecify.annotations.NullMarked;
