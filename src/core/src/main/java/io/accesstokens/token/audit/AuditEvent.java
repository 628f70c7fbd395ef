package io.accesstokens.token.audit;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * An event of a token. Events are appended to the audit log and never changed.
 *
 * @param id the id of the event
 * @param tokenId the id of the token
 * @param type the type of the event
 * @param actor the user or token that caused the event: the canonical ref of the user, or the
 *     subject of the token
 * @param metadata further facts, by key. An event of type {@link Type#REVOKED} can have {@link
 *     #REASON}; for a service token, it always has a reason. An event of type {@link Type#IMPORTED}
 *     has {@link #SOURCE} and {@link #CHANGE}. An event of type {@link Type#UPDATED} has {@link
 *     #FIELDS}, and the old and new value of each changed field.
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

  /** The reason of a revocation by a client that sent the raw token itself (RFC 7009). */
  public static final String REVOKED_BY_BEARER = "revoked by its bearer (RFC 7009)";

  /**
   * The key in {@link #metadata()} for the source of an imported token, such as the name of a
   * system. The value contains no credentials.
   */
  public static final String SOURCE = "source";

  /**
   * The key in {@link #metadata()} for the effect of an import: {@code added} or {@code revoked}.
   */
  public static final String CHANGE = "change";

  /**
   * The key in {@link #metadata()} for the names of the changed fields, separated by spaces. The
   * name of a field with the suffix {@link #OLD} or {@link #NEW} is the key for its old or new
   * value.
   */
  public static final String FIELDS = "fields";

  /** The suffix of the key for the old value of a field; the value is empty if there was none. */
  public static final String OLD = ".old";

  /** The suffix of the key for the new value of a field; the value is empty if there is none. */
  public static final String NEW = ".new";

  public AuditEvent {
    metadata = Map.copyOf(metadata);
  }

  /** The type of an event. */
  public enum Type {
    /** A service token was created. */
    CREATED("created"),
    /** A personal token was created. */
    MINTED("minted"),
    /** A personal token was exchanged for a short-lived token. */
    EXCHANGED("exchanged"),
    /** Properties of a service token were changed. */
    UPDATED("updated"),
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
