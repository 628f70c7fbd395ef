package io.accesstokens.store.log;

import io.accesstokens.transparency.PendingEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The row of a token, with the events that determine its values.
 *
 * @param table the name of the table
 * @param id the id of the token
 * @param createdBy the creator; null for a personal token, whose user is the owner of its events
 * @param revokedAt the time of the revocation; null if the token is not revoked
 * @param revokedBy the user or token that has revoked the token; null if the token is not revoked
 * @param createdAt the time of the creation
 * @param values the values of the changeable fields, as in the metadata of an event, by the name of
 *     the field
 * @param previousSecrets the previous secrets whose end is not recorded
 * @param events the events that change the row, in their order
 */
public record LoggedToken(
    String table,
    String id,
    @Nullable String createdBy,
    @Nullable Instant revokedAt,
    @Nullable String revokedBy,
    Instant createdAt,
    Map<String, String> values,
    List<Secret> previousSecrets,
    List<PendingEvent> events) {

  public LoggedToken {
    values = Map.copyOf(values);
    previousSecrets = List.copyOf(previousSecrets);
    events = List.copyOf(events);
  }

  LoggedToken with(List<Secret> secrets, List<PendingEvent> changes) {
    return new LoggedToken(
        table, id, createdBy, revokedAt, revokedBy, createdAt, values, secrets, changes);
  }

  /**
   * The row of a previous secret.
   *
   * @param tokenPrefix the first characters of the raw token
   * @param replacedAt the time of the rotation that replaced the secret
   * @param expiresAt the end of the grace period
   */
  public record Secret(String tokenPrefix, Instant replacedAt, Instant expiresAt) {}
}
