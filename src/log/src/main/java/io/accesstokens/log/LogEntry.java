package io.accesstokens.log;

import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.erdtman.jcs.JsonCanonicalizer;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the log: an audit event as canonical JSON (RFC 8785).
 *
 * @param id the id of the event, a UUID
 * @param tokenId the id of the token, a UUID; {@link LogArchive#NO_TOKEN} for the record of an
 *     archive
 * @param kind {@code service} or {@code personal}; {@code log} for the record of a {@link
 *     LogArchive}
 * @param owner the ref of the group or user of the token; null if the token no longer exists, or
 *     for the record of an archive
 * @param event the type of the event
 * @param actor the user or token that caused the event
 * @param metadata further facts, by key
 * @param occurredAt the time of the event: ISO 8601 in UTC with milliseconds
 * @param logIndex the index of the entry
 */
public record LogEntry(
    String id,
    String tokenId,
    String kind,
    @Nullable String owner,
    String event,
    String actor,
    Map<String, String> metadata,
    String occurredAt,
    long logIndex) {

  /** The {@link #kind} of the events of service tokens. */
  public static final String SERVICE = "service";

  /** The {@link #kind} of the events of personal tokens. */
  public static final String PERSONAL = "personal";

  /**
   * The only key in {@link #metadata} if the metadata of the event is too long for an entry, or is
   * not a JSON object with texts. The value is the SHA-256 of the JSON of the metadata, in base64.
   */
  public static final String METADATA_HASH = "metadataSha256";

  /** The key in the metadata of an event for the reason of a revocation. */
  public static final String REASON = "reason";

  /**
   * The key in the metadata of an event for the salt of the reason: 32 random bytes in base64. An
   * event has a salt only if its entry has {@link #REASON_HMAC}. The salt is never in an entry.
   */
  public static final String REASON_SALT = "reasonSalt";

  /**
   * The key in {@link #metadata} that replaces {@link #REASON} if the log has only a hash of the
   * reason. The value is the HMAC-SHA256 (RFC 2104) of the reason in UTF-8, in base64. The key of
   * the HMAC is the salt of the event.
   */
  public static final String REASON_HMAC = "reasonHmacSha256";

  /** Number of bytes of a salt. */
  public static final int SALT_BYTES = 32;

  private static final Set<String> MEMBERS =
      Set.of(
          "actor", "event", "id", "kind", "logIndex", "metadata", "occurredAt", "owner", "tokenId");

  // The provider is looked up only once, because each look-up searches the class path.
  private static final JsonProvider JSON = JsonProvider.provider();

  public LogEntry {
    metadata = Map.copyOf(metadata);
  }

  /**
   * Parses an entry.
   *
   * @throws LogFormatException if the bytes are not an entry in canonical JSON
   */
  public static LogEntry parse(byte[] bytes) {
    if (bytes.length > EntryBundle.MAX_ENTRY_BYTES) {
      throw new LogFormatException(
          "an entry must have at most " + EntryBundle.MAX_ENTRY_BYTES + " bytes");
    }
    LogEntry entry;
    try (JsonReader reader =
        JSON.createReader(new StringReader(StrictText.utf8(bytes, "an entry")))) {
      entry = of(reader.readObject());
    } catch (LogFormatException e) {
      throw e;
    } catch (RuntimeException e) {
      // Parsson throws no JsonException if JSON is nested too deeply.
      throw new LogFormatException("an entry must be a JSON object with the known members", e);
    }
    if (!Arrays.equals(entry.bytes(), bytes)) {
      throw new LogFormatException("an entry must be canonical JSON with the known members only");
    }
    return entry;
  }

  private static LogEntry of(JsonObject json) {
    if (!json.keySet().equals(MEMBERS)) {
      throw new LogFormatException("an entry must have exactly the members " + MEMBERS);
    }
    Map<String, String> metadata = new HashMap<>();
    json.getJsonObject("metadata")
        .forEach((key, value) -> metadata.put(key, ((JsonString) value).getString()));
    JsonNumber index = json.getJsonNumber("logIndex");
    return new LogEntry(
        json.getString("id"),
        json.getString("tokenId"),
        json.getString("kind"),
        json.get("owner") == JsonValue.NULL ? null : json.getString("owner"),
        json.getString("event"),
        json.getString("actor"),
        metadata,
        json.getString("occurredAt"),
        index.longValueExact());
  }

  /**
   * Returns the canonical JSON of this entry. Replaces metadata that is too long by its hash, see
   * {@link #METADATA_HASH}. Replaces an unpaired surrogate by a question mark, because a damaged
   * row must not stop the log.
   */
  public byte[] bytes() {
    byte[] bytes = canonical(json(metadata));
    if (bytes.length <= EntryBundle.MAX_ENTRY_BYTES) {
      return bytes;
    }
    byte[] facts = canonical(object(metadata));
    return canonical(json(hashedMetadata(new String(facts, StandardCharsets.UTF_8))));
  }

  /**
   * Returns metadata that contains only the hash of the given metadata.
   *
   * @param json the JSON text of the given metadata
   * @return a map with {@link #METADATA_HASH} only
   */
  public static Map<String, String> hashedMetadata(String json) {
    byte[] hash = MerkleHash.sha256().digest(json.getBytes(StandardCharsets.UTF_8));
    return Map.of(METADATA_HASH, Base64.getEncoder().encodeToString(hash));
  }

  /**
   * Returns the metadata that the entry of an event contains. If the event has a reason with a
   * valid salt, {@link #REASON_HMAC} replaces the reason and the salt.
   */
  public static Map<String, String> loggedMetadata(Map<String, String> metadata) {
    String reason = metadata.get(REASON);
    String salt = metadata.get(REASON_SALT);
    String hash = reason == null || salt == null ? null : hmac(reason, salt);
    if (hash == null) {
      return metadata;
    }
    Map<String, String> logged = without(metadata, REASON, REASON_SALT);
    logged.put(REASON_HMAC, hash);
    return logged;
  }

  /** Returns the HMAC of a reason; null if the salt is not valid. */
  private static @Nullable String hmac(String reason, String salt) {
    try {
      byte[] key = StrictText.base64(salt, "the salt");
      if (key.length != SALT_BYTES) {
        return null;
      }
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(reason.getBytes(StandardCharsets.UTF_8)));
    } catch (LogFormatException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HmacSHA256", e);
    }
  }

  private static Map<String, String> without(Map<String, String> metadata, String... keys) {
    Map<String, String> others = new HashMap<>(metadata);
    others.keySet().removeAll(Set.of(keys));
    return others;
  }

  /**
   * Returns true if the {@link #REASON_HMAC} of this entry is the hash of the given reason with the
   * given salt.
   */
  boolean hasReason(String reason, String salt) {
    String hash = hmac(reason, salt);
    return hash != null && hash.equals(metadata.get(REASON_HMAC));
  }

  /**
   * Returns true if the reason of an event was erased: this entry has the hash of a reason, but the
   * event has neither the reason nor its salt. All other metadata must be equal.
   *
   * @param event the metadata of the event
   */
  public boolean isReasonErased(Map<String, String> event) {
    return metadata.containsKey(REASON_HMAC)
        && !event.containsKey(REASON)
        && !event.containsKey(REASON_SALT)
        && without(event, REASON_HMAC).equals(without(metadata, REASON_HMAC));
  }

  /**
   * Returns the names of the metadata in which an event differs from this entry, such as {@code
   * metadata.reason}. An erased reason is no difference.
   */
  List<String> differencesOfMetadata(Map<String, String> event) {
    if (event.containsKey(METADATA_HASH)) {
      return List.of("metadata"); // only entries have the hash, and no event has it
    }
    Map<String, String> other = loggedMetadata(event);
    if (other.equals(metadata) || isReasonErased(event)) {
      return List.of();
    }
    if (metadata.containsKey(METADATA_HASH)) {
      byte[] facts = canonical(object(other));
      boolean same = hashedMetadata(new String(facts, StandardCharsets.UTF_8)).equals(metadata);
      return same ? List.of() : List.of("metadata");
    }
    Set<String> keys = new TreeSet<>(metadata.keySet());
    keys.addAll(other.keySet());
    return keys.stream()
        .filter(key -> !Objects.equals(metadata.get(key), other.get(key)))
        .map(key -> "metadata." + (key.equals(REASON_HMAC) ? REASON : key))
        .distinct()
        .toList();
  }

  /** Returns a description in one line, without the metadata. */
  public String summary() {
    return "entry "
        + logIndex
        + ": "
        + event
        + " of the token "
        + tokenId
        + " by "
        + actor
        + " at "
        + occurredAt
        + ", event "
        + id;
  }

  private JsonObjectBuilder json(Map<String, String> facts) {
    JsonObjectBuilder json =
        JSON.createObjectBuilder()
            .add("actor", actor)
            .add("event", event)
            .add("id", id)
            .add("kind", kind)
            .add("logIndex", logIndex)
            .add("metadata", object(facts))
            .add("occurredAt", occurredAt)
            .add("tokenId", tokenId);
    return owner == null ? json.addNull("owner") : json.add("owner", owner);
  }

  private static JsonObjectBuilder object(Map<String, String> facts) {
    JsonObjectBuilder json = JSON.createObjectBuilder();
    facts.forEach(json::add);
    return json;
  }

  private static byte[] canonical(JsonObjectBuilder json) {
    try {
      return new JsonCanonicalizer(json.build().toString()).getEncodedUTF8();
    } catch (IOException e) {
      throw new LogFormatException("the entry has no canonical JSON", e);
    }
  }
}
