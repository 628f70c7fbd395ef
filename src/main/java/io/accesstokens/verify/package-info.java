/**
 * What a raw token is, and what a check of one can say.
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
 *   <li>Refusal is a value ({@link io.accesstokens.verify.Verification.Refused}), an outage is an
 *       exception ({@link io.accesstokens.verify.VerificationUnavailable}): a caller cannot confuse
 *       "this token is dead" with "I could not find out".
 *   <li>A {@link io.accesstokens.verify.TokenCheck} decides; it never writes. What is learnt from a
 *       check (last use, refused use) goes to a {@link
 *       io.accesstokens.verify.VerificationListener}.
 *   <li>What a process has applied of the change feed and what it has heard of are two positions. A
 *       cache answers another process only where that one stands exactly ({@link
 *       io.accesstokens.verify.TokenCheck#check(RawToken, ChangeFeed.Position)}), and moves after
 *       its evictions; a load asks another process for no older facts than have been heard of,
 *       which moves before them ({@link io.accesstokens.verify.FeedFollower#heard}). In the other
 *       order, either a late fact or a late question would slip through between the two.
 * </ol>
 *
 * <p>Out of scope: who may do what (see {@code token}), and how a request carries a token (see
 * {@code auth}).
 */
@NullMarked
package io.accesstokens.verify;

import org.jspecify.annotations.NullMarked;
