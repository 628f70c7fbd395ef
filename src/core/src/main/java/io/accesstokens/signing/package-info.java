/**
 * The keys that sign short-lived tokens. This package defines how keys are stored and when each key
 * signs.
 *
 * <ol>
 *   <li>A key is a key pair on the curve P-256, for ES256 (RFC 7518, section 3.4). The key is
 *       random. The private key leaves a process only in encrypted form.
 *   <li>A store holds the private key encrypted by AES-256-GCM with the operator's key ({@link
 *       io.accesstokens.signing.KeySeal}). All other columns of the row are the associated data of
 *       the encryption. A row cannot be decrypted if it was altered, or if it contains the cipher
 *       text of another row. A process does not start if it cannot decrypt a key. A running process
 *       does not use such a key.
 *   <li>Rows are added and deleted, never changed. Each row has a generation, and each generation
 *       has at most one row. If several replicas start or rotate at the same time, one of them
 *       creates the key and the others read it.
 *   <li>A key signs from the instant in its row until a key of a later generation starts to sign. A
 *       key is published {@link io.accesstokens.signing.SigningKeys#LEAD} before it signs, so that
 *       verifiers that cache the published keys receive the key in time. A key stays published for
 *       {@link io.accesstokens.signing.SigningKeys#OVERLAP} after the next key starts to sign. This
 *       time is longer than the lifetime of any token that the key signed.
 *   <li>A key is replaced when it has signed for the time that the operator configured, or when the
 *       operator rotates the keys. A key that a process with a fast clock created does not delay
 *       the replacement. A replica reads the store every {@value
 *       io.accesstokens.signing.SigningKeys#MAINTENANCE_SECONDS} seconds, and when a caller
 *       requests an unknown key.
 *   <li>All keys can be withdrawn together, without an overlap, if a key was disclosed or if the
 *       operator's key is lost. Every token that these keys signed then becomes invalid.
 *   <li>If the store does not respond, the keys in memory continue to sign and to verify.
 *   <li>The key that signs depends only on the instants in the rows and on the clock of the
 *       application. Therefore no replica needs to be the leader.
 *   <li>The package uses only the cryptography of the JDK. {@code exchange} defines what the keys
 *       sign and how they are published.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0010-signing-keys-and-exchange.md}.
 */
@NullMarked
package io.accesstokens.signing;

import org.jspecify.annotations.NullMarked;
