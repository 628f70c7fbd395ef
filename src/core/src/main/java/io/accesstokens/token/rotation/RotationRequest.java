package io.accesstokens.token.rotation;

import io.accesstokens.token.policy.CreationPolicy.RequestErrors;
import io.accesstokens.token.policy.Violation;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An unvalidated request to rotate a token. A null component means that the request does not
 * contain this field.
 *
 * @param gracePeriodSeconds the time for which the previous secret stays valid, in seconds
 * @param expiresInDays the new lifetime in days of 24 hours
 * @param expiresAt the new expiry as ISO 8601 date and time with a zone
 * @param endGraceOnFirstUse true if the first accepted use of the new secret ends the previous
 *     secret
 * @param expectedTokenPrefix the {@code tokenPrefix} that the token must have before the rotation
 * @param idempotencyKey the key of a request that the client may repeat, 1 to 255 visible ASCII
 *     characters
 * @param unreadable one error for each field whose value has the wrong type
 */
public record RotationRequest(
    @Nullable Long gracePeriodSeconds,
    @Nullable Long expiresInDays,
    @Nullable String expiresAt,
    @Nullable Boolean endGraceOnFirstUse,
    @Nullable String expectedTokenPrefix,
    @Nullable String idempotencyKey,
    List<Violation> unreadable) {

  /** The name of the header field of {@link #idempotencyKey}. */
  public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** A request without fields. */
  public static final RotationRequest DEFAULT =
      new RotationRequest(null, null, null, null, null, List.of());

  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

  public RotationRequest {
    unreadable = List.copyOf(unreadable);
  }

  /** Creates a request without an expected token prefix. */
  public RotationRequest(
      @Nullable Long gracePeriodSeconds,
      @Nullable Long expiresInDays,
      @Nullable String expiresAt,
      @Nullable Boolean endGraceOnFirstUse,
      @Nullable String idempotencyKey,
      List<Violation> unreadable) {
    this(
        gracePeriodSeconds,
        expiresInDays,
        expiresAt,
        endGraceOnFirstUse,
        null,
        idempotencyKey,
        unreadable);
  }

  /** Returns the name of the field that sets the expiry; null if the request sets none. */
  @Nullable String expiryField() {
    return expiresAt != null ? "expiresAt" : expiresInDays != null ? "expiresInDays" : null;
  }

  /** Validates the idempotency key. */
  void checkKey(RequestErrors errors) {
    if (idempotencyKey != null && !KEY.matcher(idempotencyKey).matches()) {
      errors.add(IDEMPOTENCY_KEY, "must have 1 to 255 visible ASCII characters");
    }
  }

  /** Returns a text for comparisons of requests: all fields except the idempotency key. */
  String canonical() {
    String fields =
        gracePeriodSeconds + "|" + expiresInDays + "|" + expiresAt + "|" + endGraceOnFirstUse;
    return expectedTokenPrefix == null ? fields : fields + "|" + expectedTokenPrefix;
  }
}
