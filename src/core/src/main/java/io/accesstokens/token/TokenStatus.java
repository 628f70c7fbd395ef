package io.accesstokens.token;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a token is in its life. */
public enum TokenStatus {
  /** Good, with time to go. */
  ACTIVE(0),
  /** Good, with less than {@link AccessToken#expiringWindow} to go. */
  EXPIRING(1),
  /** Its time is over. */
  EXPIRED(2),
  /** It was revoked, before or after its time was over. */
  REVOKED(3);

  private final int rank;

  TokenStatus(int rank) {
    this.rank = rank;
  }

  /** Its place among the statuses when tokens are sorted by them, from 0 on. */
  public int rank() {
    return rank;
  }

  /** The name used in JSON and queries: lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The status of that exact {@link #text()}. */
  public static Optional<TokenStatus> of(String text) {
    return Arrays.stream(values()).filter(status -> status.text().equals(text)).findFirst();
  }
}
