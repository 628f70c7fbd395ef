package io.accesstokens.token;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The status of a token. */
public enum TokenStatus {
  /** Valid, and not {@link #EXPIRING}. */
  ACTIVE(0),
  /** Valid, with less than {@link AccessToken#expiringWindow} of its lifetime left. */
  EXPIRING(1),
  /** Expired and not revoked. */
  EXPIRED(2),
  /** Revoked, before or after its expiry. */
  REVOKED(3);

  private final int rank;

  TokenStatus(int rank) {
    this.rank = rank;
  }

  /** Returns the rank of the status when tokens are sorted by status, starting at 0. */
  public int rank() {
    return rank;
  }

  /** Returns the name that JSON and queries use, in lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the status with exactly this {@link #text()}. */
  public static Optional<TokenStatus> of(String text) {
    return Arrays.stream(values()).filter(status -> status.text().equals(text)).findFirst();
  }
}
