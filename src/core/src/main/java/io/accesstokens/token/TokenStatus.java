package io.accesstokens.token;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The status of a token. */
public enum TokenStatus {
  /**
   * The token is valid, and at least {@link AccessToken#expiringWindow} remains until its expiry.
   */
  ACTIVE(0),
  /**
   * The token is valid, but less than {@link AccessToken#expiringWindow} remains until its expiry.
   */
  EXPIRING(1),
  /** The token has expired and is not revoked. */
  EXPIRED(2),
  /** The token was revoked, before or after its expiry. */
  REVOKED(3);

  private final int rank;

  TokenStatus(int rank) {
    this.rank = rank;
  }

  /**
   * Returns the position of this status in lists that are sorted by status. The first position is
   * 0.
   */
  public int rank() {
    return rank;
  }

  /** Returns true if a token with this status is valid. */
  public boolean isLive() {
    return this == ACTIVE || this == EXPIRING;
  }

  /** Returns the name of the status in JSON and in queries, in lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the status with exactly this {@link #text()}; empty if there is none. */
  public static Optional<TokenStatus> parse(String text) {
    return Arrays.stream(values()).filter(status -> status.text().equals(text)).findFirst();
  }
}
