package io.accesstokens.token.audit;

import io.accesstokens.log.LogEntry;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event of a token. Events are appended to the audit log and never changed.
 *
 * @param id the id of the event
 * @param tokenId the id of the token
 * @param type the type of the event
 * @param actor the user or token that caused the event: the canonical ref of the user, or the
 *     subject of the token; {@link #SYSTEM} or the name of a command if no request caused the event
 * @param metadata further facts, by key; {@link Type} lists the keys of each type
 * @param occurredAt the time of the event, with a precision of milliseconds
 * @param logIndex the index of the event in the transparency log; null if the event is not in the
 *     log yet
 */
public record AuditEvent(
    UUID id,
    UUID tokenId,
    Type type,
    String actor,
    Map<String, String> metadata,
    Instant occurredAt,
    @Nullable Long logIndex) {

  /**
   * The key in {@link #metadata()} for the reason of a revocation, or of the end of a previous
   * secret.
   */
  public static final String REASON = "reason";

  /**
   * The key in {@link #metadata()} for the salt of the reason. An event has this key only if the
   * transparency log contains a hash instead of the reason.
   */
  public static final String REASON_SALT = LogEntry.REASON_SALT;

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
   * key for the old or new value of a field is the name of the field, followed by {@link #OLD} or
   * {@link #NEW}.
   */
  public static final String FIELDS = "fields";

  /**
   * The suffix of the key for the old value of a field. The old value is empty if the field had no
   * value.
   */
  public static final String OLD = ".old";

  /**
   * The suffix of the key for the new value of a field. The new value is empty if the field has no
   * value.
   */
  public static final String NEW = ".new";

  /**
   * The name of the field for the expiry of a token, in an update or a rotation that changes the
   * expiry.
   */
  public static final String EXPIRES_AT = "expiresAt";

  /** The actor of an event that no request caused, such as the end of a grace period. */
  public static final String SYSTEM = "system:access-tokens";

  /** The key in {@link #metadata()} for the grace period of a rotation, in seconds. */
  public static final String GRACE_SECONDS = "gracePeriodSeconds";

  /** The key in {@link #metadata()} for the first characters of the previous raw token. */
  public static final String PREVIOUS_PREFIX = "previousTokenPrefix";

  /** The key in {@link #metadata()} for the end of the grace period of a rotation. */
  public static final String PREVIOUS_EXPIRES_AT = "previousSecretExpiresAt";

  /**
   * The key in {@link #metadata()} of a rotation whose grace period ends at the first use of the
   * new secret. The value is {@code true}.
   */
  public static final String END_ON_FIRST_USE = "endGraceOnFirstUse";

  /** The key in {@link #metadata()} of a repeated rotation. The value is {@code true}. */
  public static final String RETRY = "retry";

  /**
   * The key in {@link #metadata()} of a repeated rotation for the first characters of the raw token
   * that the repeat replaced.
   */
  public static final String REPLACED_PREFIX = "replacedTokenPrefix";

  /**
   * The key in {@link #metadata()} for the cause of the end of a previous secret: {@code request},
   * {@code first-use}, {@code rotation} or {@code time}.
   */
  public static final String BY = "by";

  /** The key in {@link #metadata()} for the first characters of a raw token that was used. */
  public static final String TOKEN_PREFIX = "tokenPrefix";

  /** The key in {@link #metadata()} for the network address of a client. */
  public static final String ADDRESS = "address";

  /** The key in {@link #metadata()} for the {@code jti} of the JWT of an exchange. */
  public static final String JWT_ID = "jti";

  /** The key in {@link #metadata()} for the claim {@code scope} of the JWT of an exchange. */
  public static final String SCOPE = "scope";

  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  public AuditEvent {
    metadata = Map.copyOf(metadata);
  }

  /** Creates an event that is not in the transparency log yet. */
  public AuditEvent(
      UUID id,
      UUID tokenId,
      Type type,
      String actor,
      Map<String, String> metadata,
      Instant occurredAt) {
    this(id, tokenId, type, actor, metadata, occurredAt, null);
  }

  /** Returns an instant as a value of {@link #metadata()}: ISO 8601 in UTC with milliseconds. */
  public static String text(Instant instant) {
    return INSTANT.format(instant);
  }

  /** The type of an event. */
  public enum Type {
    /** A service token was created. */
    CREATED("created"),
    /** A personal token was created. */
    MINTED("minted"),
    /**
     * A personal token was exchanged for a short-lived token. The metadata has {@link #JWT_ID} and
     * {@link #SCOPE}.
     */
    EXCHANGED("exchanged"),
    /**
     * Properties of a service token were changed. The metadata has {@link #FIELDS}, and the old and
     * the new value of each changed field.
     */
    UPDATED("updated"),
    /**
     * The token got a new secret. The metadata of a repeated rotation has {@link #RETRY} and {@link
     * #REPLACED_PREFIX}. The metadata of any other rotation has:
     *
     * <ul>
     *   <li>{@link #GRACE_SECONDS}, {@link #PREVIOUS_PREFIX} and {@link #PREVIOUS_EXPIRES_AT}.
     *   <li>{@link #END_ON_FIRST_USE}, if the first use of the new secret ends the grace period.
     *   <li>The old and the new value of {@link #EXPIRES_AT}, if the expiry has changed.
     * </ul>
     */
    ROTATED("rotated"),
    /**
     * The previous secret of the token was ended. The metadata has {@link #BY} and {@link
     * #PREVIOUS_PREFIX}, and can have {@link #REASON}.
     */
    PREVIOUS_SECRET_ENDED("previous-secret-ended"),
    /**
     * A client used a secret of the token after the end of this secret. The metadata has {@link
     * #TOKEN_PREFIX}, and {@link #ADDRESS} if the address is known.
     */
    ENDED_SECRET_USED("ended-secret-used"),
    /**
     * The token was revoked. For a service token, the metadata always has {@link #REASON}. For a
     * personal token, the metadata can have {@link #REASON}.
     */
    REVOKED("revoked"),
    /**
     * The token, or its revocation, was imported from another system. The metadata has {@link
     * #SOURCE} and {@link #CHANGE}.
     */
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
