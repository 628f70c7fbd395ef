/**
 * Rotation: replaces the secret of a token. Clients can use the token during the replacement.
 *
 * <ol>
 *   <li>A token has at most two valid secrets: the current secret, and the previous secret during
 *       its grace period. A secret has a number, and no number is used twice for a token.
 *   <li>{@link io.accesstokens.token.rotation.SecretRotation} and {@link
 *       io.accesstokens.token.rotation.PreviousSecretEnd} compute changes without I/O. They run
 *       under the lock of the token. Therefore, concurrent rotations, revocations and ends of
 *       secrets have one order.
 *   <li>The end of a secret is a revocation of this secret. The end is written to the change feed.
 *       If a request ends the secret, the end is final when the response arrives.
 *   <li>A use of an ended secret is refused and reported. The use never changes the token.
 *       Otherwise, an attacker who finds an ended secret in an old backup could end a token that is
 *       in use.
 *   <li>A client can repeat a rotation with its idempotency key. The repeat replaces the secret of
 *       the lost response, but only while this secret is unused.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0023-rotation.md}.
 */
@NullMarked
package io.accesstokens.token.rotation;

import org.jspecify.annotations.NullMarked;
