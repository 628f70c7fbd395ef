/**
 * What a raw token is, what a check of one can say, and how verdicts are cached.
 *
 * <p>This room knows no HTTP, no database and no framework: other applications embed it.
 *
 * <ol>
 *   <li>A raw token is {@code prefix + 43 base62 characters}: 37 from a CSPRNG (220 bits), then six
 *       that are the CRC-32 of everything before them. A wrong prefix or checksum is refused with
 *       no I/O, and a secret scanner recognises a leaked token with no look-up.
 *   <li>Only the SHA-256 of a raw token and its first twelve characters are ever kept. A fast hash
 *       is right here: the input has 220 random bits, so there is nothing to guess.
 *   <li>A {@link io.accesstokens.verify.RawToken} is a secret: its {@code toString} is redacted, it
 *       is not a record, it is not serialisable, and it is no key of any map.
 *   <li>A verdict's owner tells the kind of token: a group owns a service token, and a personal
 *       token is a user's.
 *   <li>Refusal is a value ({@link io.accesstokens.verify.Verification.Refused}), an outage is an
 *       exception ({@link io.accesstokens.verify.VerificationUnavailableException}): a caller
 *       cannot confuse "this token is dead" with "I could not find out".
 *   <li>A {@link io.accesstokens.verify.TokenVerifier} decides; it never writes. What is learnt
 *       from a check (last use, refused use) goes to a {@link
 *       io.accesstokens.verify.VerificationListener}.
 *   <li>{@link io.accesstokens.verify.CachedTokenVerifier} caches facts, never verdicts: status is
 *       told at each use, by the store's clock. It first checks the {@link
 *       io.accesstokens.verify.Lease}, then looks into the cache; the other way round a renewal
 *       could slip between. A hit takes no lock and does no I/O.
 *   <li>A load takes its place in the cache before it reads, and an eviction takes the place away.
 *       So a late result is used by the request that asked for it, and by nobody who comes later.
 *   <li>A lease is a time, never a flag. It counts from before the {@link
 *       io.accesstokens.verify.ChangeFeed} was asked, is published after all evictions, and is over
 *       when either clock says so or the two disagree by more than the margin. Past it, requests
 *       wait for one shared look that begins after them.
 *   <li>{@link io.accesstokens.verify.FeedFollower} renews it only by a page that proves that no
 *       change was missed. A page that was cut renews nothing; a gap, a foreign mark, another
 *       server or an unknown kind clears the cache.
 *   <li>That there is no token of a digest is kept for seconds, apart from the tokens and bounded:
 *       a flood of unknown tokens displaces no known one. Reads of the store are bounded, too, and
 *       what comes while all are under way is read together by the next: a known token whose facts
 *       must be read anew waits for a read or two, however many unknown ones wait with it.
 *   <li>What a process has applied of the change feed and what it has heard of are two positions. A
 *       cache answers another process only where that one stands exactly ({@link
 *       io.accesstokens.verify.TokenVerifier#check(RawToken, ChangeFeed.Position)}), and moves
 *       after its evictions; a load asks another process for no older facts than have been heard
 *       of, which moves before them ({@link io.accesstokens.verify.FeedFollower#heard}). In the
 *       other order, either a late fact or a late question would slip through between the two.
 *   <li>Addresses and hosts of requests and settings are parsed by {@link
 *       io.accesstokens.verify.IpAddress}, which never asks a name server. The listening host is
 *       the only one that is looked up, at start.
 * </ol>
 *
 * <p>Decision: entries have their end in themselves, not Caffeine's expiry, which would read a
 * third clock on each hit.
 *
 * <p>Out of scope: who may do what (see {@code token}), and how a request carries a token (see
 * {@code auth}).
 */
@NullMarked
package io.accesstokens.verify;

import org.jspecify.annotations.NullMarked;
