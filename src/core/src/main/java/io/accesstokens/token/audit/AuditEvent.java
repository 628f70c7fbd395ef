package io.accesstokens.token.audit;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * An event in the life of a token. Events are only appended.
 *
 * @param id the id of the event
 * @param tokenId the id of the token
 * @param type the type of the event
 * @param actor the canonical ref of the user, or the subject of the token, that caused the event
 * @param metadata further facts. {@link Type#REVOKED} has the {@code reason} if there is one, which
 *     is always the case for a service token. {@link Type#IMPORTED} has the {@code source} and the
 *     {@code change}
 * @param occurredAt the time of the event, with a precision of milliseconds
 */
public record AuditEvent(
    UUID id,
    UUID tokenId,
    Type type,
    String actor,
    Map<String, String> metadata,
    Instant occurredAt) {

  /** The key of the reason of a revocation in {@link #metadata()}. */
  public static final String REASON = "reason";

  /** The reason that is recorded if a raw token was presented for revocation (RFC 7009). */
  public static final String BY_ITS_BEARER = "revoked by its bearer (RFC 7009)";

  /** The key under which an import records its source, without credentials. */
  public static final String SOURCE = "source";

  /** The key under which an import records its change: {@code added} or {@code revoked}. */
  public static final String CHANGE = "change";

  public AuditEvent {
    metadata = Map.copyOf(metadata);
  }

  /** The type of an event. */
  public enum Type {
    /** The token was created. */
    CREATED("created"),
    /** A personal token was created. */
    MINTED("minted"),
    /** A personal token was exchanged for a short-lived token. */
    EXCHANGED("exchanged"),
    /** The token was revoked. */
    REVOKED("revoked"),
    /** The token, or its revocation, was imported from another system. */
    IMPORTED("imported");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /** Returns the name that JSON and the database use. */
    public String text() {
      return text;
    }
  }
}
