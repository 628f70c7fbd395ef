package io.accesstokens.token.audit;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * An event in the life of a token. Events are appended to the audit log and never changed.
 *
 * @param id the id of the event
 * @param tokenId the id of the token
 * @param type the type of the event
 * @param actor the user or token that caused the event: the canonical ref of the user, or the
 *     subject of the token
 * @param metadata further facts, by key. An event of type {@link Type#REVOKED} has the {@code
 *     reason} if one was given. Each revocation of a service token has a reason. An event of type
 *     {@link Type#IMPORTED} has the {@code source} and the {@code change}
 * @param occurredAt the time of the event, with a precision of milliseconds
 */
public record AuditEvent(
    UUID id,
    UUID tokenId,
    Type type,
    String actor,
    Map<String, String> metadata,
    Instant occurredAt) {

  /** The key in {@link #metadata()} for the reason of a revocation. */
  public static final String REASON = "reason";

  /**
   * The reason that is recorded if a client revoked a token by presenting its raw token (RFC 7009).
   */
  public static final String BY_ITS_BEARER = "revoked by its bearer (RFC 7009)";

  /**
   * The key in {@link #metadata()} for the source of an import. The source contains no credentials.
   */
  public static final String SOURCE = "source";

  /**
   * The key in {@link #metadata()} for the change by an import. The change is {@code added} or
   * {@code revoked}.
   */
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

    /** Returns the name of the type in JSON and in the database. */
    public String text() {
      return text;
    }
  }
}
