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
 * @param metadata what else is known; for {@link Type#REVOKED} the {@code reason} if there is one
 *     (of a service token always), for {@link Type#IMPORTED} the {@code source} and the {@code
 *     change}
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

  /** The reason that stands there when a raw token was presented to be revoked (RFC 7009). */
  public static final String BY_ITS_BEARER = "revoked by its bearer (RFC 7009)";

  /** The key under which an import says where it read, without credentials. */
  public static final String SOURCE = "source";

  /** The key under which an import says what it did: {@code added} or {@code revoked}. */
  public static final String CHANGE = "change";

  public AuditEvent {
    metadata = Map.copyOf(metadata);
  }

  /** What can happen to a token. */
  public enum Type {
    /** It was made. */
    CREATED("created"),
    /** A personal token was made. */
    MINTED("minted"),
    /** A personal token was exchanged for a short-lived one. */
    EXCHANGED("exchanged"),
    /** It was revoked. */
    REVOKED("revoked"),
    /** It, or its revocation, was brought over from another system. */
    IMPORTED("imported");

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
