package io.accesstokens.token;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The secret that a token had before its latest rotation. The secret is valid until the end of its
 * grace period. An instance contains neither the raw token nor its digest.
 *
 * @param number the number of the secret, see {@link TokenSecrets#number}
 * @param tokenPrefix the first twelve characters of the raw token
 * @param expiresAt the first instant at which the secret is no longer valid. If the token expires
 *     earlier, the secret ends with the token.
 * @param endsOnFirstUse true if the first accepted use of the current secret ends this secret
 * @param lastUsedAt the instant of the last accepted use; null if the secret was never accepted
 *     since the rotation
 * @param lastUsedAddress the network address of the last accepted use; null if it is not known
 * @param usesDay the UTC day of the uses in {@code uses}; null if there were none
 * @param uses the number of accepted uses on {@code usesDay}, since the rotation
 */
public record PreviousSecret(
    int number,
    String tokenPrefix,
    Instant expiresAt,
    boolean endsOnFirstUse,
    @Nullable Instant lastUsedAt,
    @Nullable String lastUsedAddress,
    @Nullable LocalDate usesDay,
    long uses) {

  /** Creates a secret without uses since the rotation. */
  public PreviousSecret(int number, String tokenPrefix, Instant expiresAt, boolean endsOnFirstUse) {
    this(number, tokenPrefix, expiresAt, endsOnFirstUse, null, null, null, 0);
  }

  /** Returns {@link #uses} if {@code day} is {@link #usesDay}, and 0 for all other days. */
  public long usesOn(LocalDate day) {
    return day.equals(usesDay) ? uses : 0;
  }

  /** Returns a copy of this secret that ends at this instant or earlier. */
  PreviousSecret endingBy(Instant end) {
    return expiresAt.isAfter(end)
        ? new PreviousSecret(
            number, tokenPrefix, end, endsOnFirstUse, lastUsedAt, lastUsedAddress, usesDay, uses)
        : this;
  }

  /**
   * Returns a copy with further accepted uses on one UTC day. Uses on the day before {@link
   * #usesDay} are not added to {@link #uses}, because only the uses of the latest day are counted.
   * A {@code usesDay} that is more than one day later than {@code day} is from a wrong clock, and
   * is replaced.
   */
  PreviousSecret used(UsageCount added, LocalDate day) {
    Instant at = added.lastAt();
    boolean later = at != null && UsageCount.isLast(at, lastUsedAt);
    long usesBefore = usesOn(day);
    boolean counts = usesDay == null || !day.isBefore(usesDay) || usesDay.isAfter(day.plusDays(1));
    return new PreviousSecret(
        number,
        tokenPrefix,
        expiresAt,
        endsOnFirstUse,
        later ? at : lastUsedAt,
        later ? added.lastAddress() : lastUsedAddress,
        counts ? day : usesDay,
        counts ? usesBefore + added.count() : uses);
  }
}
