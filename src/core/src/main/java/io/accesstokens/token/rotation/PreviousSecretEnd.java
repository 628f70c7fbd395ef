package io.accesstokens.token.rotation;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PreviousSecret;
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
   * Returns the change that records the end of a previous secret whose grace period is over. The
   * change is empty if the grace period is not over, or if the token has no previous secret. The
   * change is empty for a revoked token too, because the revocation has ended the secret.
   *
   * @param endedBy the change is empty if the grace period ends after this instant
   */
  public static <T extends AccessToken> SecretsChange<T> byTime(
      T token, Instant endedBy, Instant now, UuidGenerator ids) {
    PreviousSecret previous = notEnded(token);
    return previous == null || previous.expiresAt().isAfter(endedBy)
        ? SecretsChange.none(token)
        : end(token, event(token, previous, Cause.TIME, AuditEvent.SYSTEM, Map.of(), now, ids));
  }

  /**
   * Returns the change that ends the previous secret because the current secret was used. The
   * change is empty in these cases:
   *
   * <ul>
   *   <li>The token is revoked.
   *   <li>The token has no previous secret, or the end of this secret is already recorded.
   *   <li>The previous secret does not end at the first use of the current secret.
   *   <li>The secret with the number {@code usedNumber} is not the current secret.
   * </ul>
   *
   * <p>The end of the previous secret is recorded even if its grace period is over. Otherwise, each
   * further use of the current secret would request this change again.
   *
   * @param usedNumber the number of the secret that was used
   */
  static <T extends AccessToken> SecretsChange<T> byFirstUse(
      T token, int usedNumber, Instant now, UuidGenerator ids) {
    PreviousSecret previous = notEnded(token);
    return previous == null || !previous.endsOnFirstUse() || token.secrets().number() != usedNumber
        ? SecretsChange.none(token)
        : end(token, event(token, previous, Cause.FIRST_USE, token.subject(), Map.of(), now, ids));
  }

  /**
   * Returns the change that ends the previous secret at the request of an actor. The change is
   * empty if the token is revoked, or if there is no previous secret with this number whose end is
   * not recorded. The end is recorded even if the grace period is over, because processes may still
   * accept this secret if the clock of the database is behind {@code now}.
   *
   * @param number the number of the secret to end; null for any number
   * @param reason the reason, or null
   * @see #endsValidSecret
   */
  static <T extends AccessToken> SecretsChange<T> byRequest(
      T token,
      @Nullable Integer number,
      String actorName,
      @Nullable String reason,
      Instant now,
      UuidGenerator ids) {
    PreviousSecret previous = notEnded(token);
    if (previous == null || (number != null && number != previous.number())) {
      return SecretsChange.none(token);
    }
    Map<String, String> reasons = reason == null ? Map.of() : Map.of(AuditEvent.REASON, reason);
    return end(token, event(token, previous, Cause.REQUEST, actorName, reasons, now, ids));
  }

  /** Returns true if a change of this class ends a previous secret that was still valid. */
  static boolean endsValidSecret(SecretsChange<?> change) {
    return change.events().stream()
        .anyMatch(event -> !Cause.TIME.text().equals(event.metadata().get(AuditEvent.BY)));
  }

  /**
   * Returns the previous secret whose end is not recorded; null if there is none, or if the token
   * is revoked.
   */
  private static @Nullable PreviousSecret notEnded(AccessToken token) {
    return token.revokedAt() == null ? token.secrets().previous() : null;
  }

  private static <T extends AccessToken> SecretsChange<T> end(T token, AuditEvent ended) {
    T without =
        AccessToken.withSecrets(
            token, token.tokenPrefix(), token.expiresAt(), token.secrets().withoutPrevious());
    return new SecretsChange<>(without, null, null, List.of(ended));
  }

  /**
   * Returns the audit event for the end of a previous secret. If the secret is not valid at {@code
   * now}, the cause is {@link Cause#TIME}, the actor is {@link AuditEvent#SYSTEM}, and {@code
   * further} is ignored.
   *
   * @param further additional metadata
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
    Map<String, String> metadata = new HashMap<>(passed ? Map.of() : further);
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
