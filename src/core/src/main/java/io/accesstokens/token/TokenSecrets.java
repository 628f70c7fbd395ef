package io.accesstokens.token;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The current secret of a token, and the previous secret if it is still in its grace period. An
 * instance contains neither raw tokens nor digests.
 *
 * @param number the number of the current secret. The first secret of a token has the number 1, and
 *     each new secret of the token has the next number.
 * @param createdAt the instant at which the current secret was created
 * @param usedAt the instant of the last accepted use of the current secret; null if it was never
 *     accepted
 * @param lifetime the lifetime that was set at the creation, or at the latest rotation with a
 *     requested expiry
 * @param previous the previous secret; null if there is none, or if its end was recorded. A
 *     previous secret can still be present after its grace period, see {@link
 *     AccessToken#previousSecretAt}.
 */
public record TokenSecrets(
    int number,
    Instant createdAt,
    @Nullable Instant usedAt,
    Duration lifetime,
    @Nullable PreviousSecret previous) {

  /** Returns the unused first secret of a token. */
  public static TokenSecrets first(Instant createdAt, Instant expiresAt) {
    return new TokenSecrets(1, createdAt, null, Duration.between(createdAt, expiresAt), null);
  }

  /** Returns a copy without a previous secret. */
  public TokenSecrets withoutPrevious() {
    return new TokenSecrets(number, createdAt, usedAt, lifetime, null);
  }

  /** Returns a copy whose previous secret does not end later than this instant. */
  TokenSecrets endingPreviousBy(Instant end) {
    return previous == null
        ? this
        : new TokenSecrets(number, createdAt, usedAt, lifetime, previous.endingBy(end));
  }

  /**
   * Returns a copy with further accepted uses.
   *
   * @param secretNumber the number of the secret that was used; uses of a secret that this object
   *     does not contain are ignored
   * @param added the uses, at least one
   * @param day the UTC day of the uses
   */
  public TokenSecrets used(int secretNumber, UsageCount added, LocalDate day) {
    if (secretNumber == number) {
      Instant at = added.lastAt();
      boolean later = at != null && UsageCount.isLast(at, usedAt);
      return later ? new TokenSecrets(number, createdAt, at, lifetime, previous) : this;
    }
    return previous != null && previous.number() == secretNumber
        ? new TokenSecrets(number, createdAt, usedAt, lifetime, previous.used(added, day))
        : this;
  }
}
