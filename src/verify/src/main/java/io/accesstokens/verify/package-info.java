/**
 * Verifies raw tokens, and caches the facts from which verdicts are computed.
 *
 * <p>This package depends on no HTTP, database or framework code, because other applications embed
 * it.
 *
 * <ol>
 *   <li>A raw token is {@code prefix + 43 base62 characters}. The first 37 come from a CSPRNG (220
 *       bits). The last six are the CRC-32 of all characters before them. A wrong prefix or
 *       checksum is refused with no I/O, and a secret scanner recognizes a leaked token with no
 *       look-up.
 *   <li>A store holds only the SHA-256 digest and the first twelve characters of a raw token. A
 *       fast hash is safe here: an attacker cannot guess 220 random bits.
 *   <li>A {@link io.accesstokens.verify.RawToken} is a secret. The {@code toString} of a raw token
 *       is redacted. A raw token is not a record, not serializable, and never the key of a map.
 *   <li>The owner in a verdict shows the kind of the token. A group owns a service token, and a
 *       user owns a personal token.
 *   <li>A refused token is a value ({@link io.accesstokens.verify.Verification.Refused}). An outage
 *       is an exception ({@link io.accesstokens.verify.VerificationUnavailableException}). So a
 *       caller cannot confuse "this token is invalid" with "the verifier cannot decide now".
 *   <li>A {@link io.accesstokens.verify.TokenVerifier} decides and never writes. The use of a
 *       token, accepted or refused, is reported to a {@link
 *       io.accesstokens.verify.VerificationListener}.
 *   <li>{@link io.accesstokens.verify.CachedTokenVerifier} caches facts, never verdicts. Each use
 *       computes the status, by the store's clock. Each use first checks the {@link
 *       io.accesstokens.verify.Lease} and then reads the cache. A cache hit does no I/O. For a
 *       known token, it takes no lock.
 *   <li>A load reserves its cache entry before it reads the store, and an eviction removes that
 *       entry. If an eviction happens during a load, the result of the load serves only the
 *       requests that already wait for it.
 *   <li>A lease is a time span, never a flag. A lease starts before the request to the {@link
 *       io.accesstokens.verify.ChangeFeed}, and takes effect after all evictions. After the end of
 *       the lease, requests wait for one shared read of the feed that begins after their arrival.
 *   <li>{@link io.accesstokens.verify.FeedFollower} renews the lease only after a page that proves
 *       that the follower has missed no change. A truncated page does not renew the lease. A gap,
 *       an unexpected entry nonce, another server or an unknown kind of entry clears the cache.
 *   <li>A digest is unknown if no token has it. Unknown digests are cached for at most five
 *       seconds, in a separate bounded cache. Therefore unknown tokens never evict known tokens.
 *   <li>The number of concurrent reads of the store is bounded. While the maximum number of reads
 *       runs, further tokens wait. The next read takes waiting tokens as one batch, up to {@link
 *       io.accesstokens.verify.TokenLookup#maxConcurrent}. If one read can take all of them, a
 *       known token waits for at most two reads, even if many unknown tokens wait too.
 *   <li>A process has two positions in the change feed: the last change that it has received, and
 *       the last change that it has applied. The received position changes before the evictions of
 *       a page, and the applied position changes after them.
 *   <li>If a process loads facts from another process, the request contains the received position
 *       ({@link io.accesstokens.verify.FeedFollower#lastReceived}). The other process uses its
 *       cache only if its applied position equals the position in the request ({@link
 *       io.accesstokens.verify.TokenVerifier#verify(RawToken, ChangeFeed.Position)}). If the
 *       position is of another database server, the other process first reads the feed again,
 *       because its lease can be from a former primary server. So no process caches outdated facts.
 *   <li>A token that is limited to addresses never has the verdict {@link
 *       io.accesstokens.verify.Verification.Accepted} without the client's address. Its verdict is
 *       {@link io.accesstokens.verify.Verification.AddressLimited}. An unknown address is refused.
 *   <li>{@link io.accesstokens.verify.IpAddress} parses the addresses and hosts in requests and
 *       settings. The class never sends a DNS request, whatever the text contains.
 * </ol>
 *
 * <p>Design decision: each entry holds its own end time. Caffeine's expiry is not used, because it
 * would read a third clock at each cache hit. Known tokens are cached in a hash map without
 * Caffeine, because a cache hit then follows fewer references and records nothing.
 *
 * <p>Out of scope: permissions (see {@code token}), and how a request carries a token (see {@code
 * auth}).
 */
@NullMarked
package io.accesstokens.verify;

import org.jspecify.annotations.NullMarked;
