package io.accesstokens.token.store;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of the secrets of a token. After the change, all secrets except the current secret and
 * the previous secret have ended.
 *
 * @param token the token after the change. Only these properties can differ from the stored token:
 *     {@code tokenPrefix}, {@code expiresAt} and {@code secrets}.
 * @param digest the digest of the new current secret; null if the current secret stays the same
 * @param rotatedAt the instant at which the client first sent the idempotency key of the change;
 *     null if the change has no idempotency key
 * @param events the audit events of the change, in the order of writing; empty if nothing changes
 * @param <T> the kind of token
 */
public record SecretsChange<T extends AccessToken>(
    T token, @Nullable TokenDigest digest, @Nullable Instant rotatedAt, List<AuditEvent> events) {

  public SecretsChange {
    events = List.copyOf(events);
  }

  /** Returns true if the change changes nothing. */
  public boolean isEmpty() {
    return events.isEmpty();
  }

  /** Returns a change that changes nothing. */
  public static <T extends AccessToken> SecretsChange<T> none(T token) {
    return new SecretsChange<>(token, null, null, List.of());
  }
}
