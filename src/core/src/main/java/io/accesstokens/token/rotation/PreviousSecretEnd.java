package io.accesstokens.token.rotation;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.store.SecretsChange;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the change that ends the previous secret of a token. */
public final class PreviousSecretEnd {

  private PreviousSecretEnd() {}

  /** The cause of the end of a previous secret. */
  public enum Cause {
    /** A client requested the end. */
    REQUEST,
    /** The current secret was used for the first time. */
    FIRST_USE,
    /** The token was rotated again. */
    ROTATION,
    /** The grace period was over. */
    TIME;

    private String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Returns the change that records the end of a previous secret whose time has passed. The change
   * is empty if the token has no such secret.
   *
   * @param endedBy the previous secret must have ended at or before this instant
   */
  public static <T extends AccessToken> SecretsChange<T> byTime(
      T token, Instant endedBy, Instant now, UuidGenerator ids) {
    PreviousSecret previous = token.secrets().previous();
    return previous == null || previous.expiresAt().isAfter(endedBy)
        ? SecretsChange.none(token)
        : new SecretsChange<>(
            without(token),
            null,
            null,
            List.of(event(token, previous, Cause.TIME, AuditEvent.SYSTEM, Map.of(), now, ids)));
  }

  /**
   * Returns the change that ends the previous secret because the current secret was used. The
   * change is empty if the previous secret does not end at the first use, or if it was already
   * ended.
   *
   * @param usedNumber the number of the secret that was used
   */
  static <T extends AccessToken> SecretsChange<T> byFirstUse(
      T token, int usedNumber, Instant now, UuidGenerator ids) {
    PreviousSecret previous = token.secrets().previous();
    if (previous == null
        || !previous.endsOnFirstUse()
        || token.secrets().number() != usedNumber
        || token.previousSecretAt(now).isEmpty()) {
      return SecretsChange.none(token);
    }
    return new SecretsChange<>(
        without(token),
        null,
        null,
        List.of(event(token, previous, Cause.FIRST_USE, token.subject(), Map.of(), now, ids)));
  }

  /**
   * Returns the change that ends the previous secret at the request of an actor. The change is
   * empty if there is no valid previous secret.
   *
   * @param reason the reason, or null
   */
  static <T extends AccessToken> SecretsChange<T> byRequest(
      T token, String actorName, @Nullable String reason, Instant now, UuidGenerator ids) {
    PreviousSecret previous = token.secrets().previous();
    if (previous == null || token.previousSecretAt(now).isEmpty()) {
      return SecretsChange.none(token);
    }
    Map<String, String> reasons = reason == null ? Map.of() : Map.of(AuditEvent.REASON, reason);
    return new SecretsChange<>(
        without(token),
        null,
        null,
        List.of(event(token, previous, Cause.REQUEST, actorName, reasons, now, ids)));
  }

  private static <T extends AccessToken> T without(T token) {
    return copy(token, token.tokenPrefix(), token.expiresAt(), token.secrets().withoutPrevious());
  }

  /** Returns a copy of a token with other secrets. */
  @SuppressWarnings("unchecked") // each class of tokens returns a copy of its own class
  static <T extends AccessToken> T copy(
      T token, String tokenPrefix, Instant expiresAt, TokenSecrets secrets) {
    return (T) token.withSecrets(tokenPrefix, expiresAt, secrets);
  }

  /**
   * Returns the audit event for the end of a previous secret. If the time of the secret has passed
   * before {@code now}, the cause is {@link Cause#TIME}.
   */
  static AuditEvent event(
      AccessToken token,
      PreviousSecret previous,
      Cause cause,
      String actorName,
      Map<String, String> further,
      Instant now,
      UuidGenerator ids) {
    boolean passed = token.previousSecretAt(now).isEmpty();
    Map<String, String> metadata = new HashMap<>(further);
    metadata.put(AuditEvent.BY, (passed ? Cause.TIME : cause).text());
    metadata.put(AuditEvent.PREVIOUS_PREFIX, previous.tokenPrefix());
    return new AuditEvent(
        ids.next(),
        token.id(),
        AuditEvent.Type.PREVIOUS_SECRET_ENDED,
        passed ? AuditEvent.SYSTEM : actorName,
        metadata,
        now);
  }
}
