package io.accesstokens.token;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * Something that happened to a token. Events are only ever appended.
 *
 * @param id identifies the event
 * @param tokenId the token it happened to
 * @param type what happened
 * @param actor the canonical ref of the user, or the subject of the token, that did it
 * @param metadata what else is known; for {@link Type#REVOKED} the {@code reason}
 * @param occurredAt with a precision of milliseconds
 */
public record AuditEvent(
    UUID id,
    UUID tokenId,
    Type type,
    String actor,
    Map<String, String> metadata,
    Instant occurredAt) {

  /** The key of {@link #metadata()} under which a revocation's reason stands. */
  public static final String REASON = "reason";

  public AuditEvent {
    metadata = Map.copyOf(metadata);
  }

  /** What can happen to a token. */
  public enum Type {
    /** It was made. */
    CREATED("created"),
    /** It was revoked. */
    REVOKED("revoked");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /** The name used in JSON and in the database. */
    public String text() {
      return text;
    }
  }
}
