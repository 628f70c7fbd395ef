package io.accesstokens.token;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a token is in its life. */
public enum TokenStatus {
  /** Good, with thirty days or more to go. */
  ACTIVE,
  /** Good, with less than thirty days to go. */
  EXPIRING,
  /** Its time is over. */
  EXPIRED,
  /** It was revoked, before or after its time was over. */
  REVOKED;

  /** The name used in JSON and queries: lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The status of that exact {@link #text()}. */
  public static Optional<TokenStatus> of(String text) {
    return Arrays.stream(values()).filter(status -> status.text().equals(text)).findFirst();
  }
}
