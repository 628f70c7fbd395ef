package io.accesstokens.log;

import jakarta.json.JsonConfig;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** An event in an export as NDJSON: one JSON object in each line. */
final class JsonEvent implements ExportFile.Event {

  /** Members of an exported event that an entry of the log does not have. */
  private static final Set<String> NOT_LOGGED =
      Set.of("tokenName", "tokenPrefix", "groupDisplayName");

  private static final Set<String> MEMBERS =
      Set.of("id", "tokenId", "event", "actor", "metadata", "occurredAt", "logIndex");

  private static final JsonProvider JSON = JsonProvider.provider();

  private static final JsonReaderFactory READERS =
      JSON.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

  private final JsonObject json;
  private final Map<String, String> metadata;

  private JsonEvent(JsonObject json, Map<String, String> metadata) {
    this.json = json;
    this.metadata = metadata;
  }

  static JsonEvent parse(byte[] line) {
    String text = StrictText.utf8(line, "the line");
    try (JsonReader reader = READERS.createReader(new StringReader(text))) {
      JsonObject json = reader.readObject();
      requireNoTextAfterValue(text);
      Map<String, String> metadata = new HashMap<>();
      json.getJsonObject("metadata")
          .forEach((key, value) -> metadata.put(key, ((JsonString) value).getString()));
      return new JsonEvent(json, metadata);
    } catch (RuntimeException e) {
      // Parsson throws no JsonException if JSON is nested too deeply.
      throw new LogFormatException("it must be a JSON object with metadata", e);
    }
  }

  /** Throws an exception if text follows the JSON value. A {@link JsonReader} ignores such text. */
  private static void requireNoTextAfterValue(String text) {
    try (JsonParser parser = JSON.createParser(new StringReader(text))) {
      while (parser.hasNext()) {
        parser.next();
      }
    }
  }

  @Override
  public String id() {
    return json.getString("id", "");
  }

  @Override
  public String occurredAt() {
    return json.getString("occurredAt", "");
  }

  @Override
  public boolean isLogged() {
    return json.get("logIndex") != JsonValue.NULL;
  }

  private @Nullable String text(String name) {
    return json.get(name) instanceof JsonString text ? text.getString() : null;
  }

  @Override
  public List<String> differences(LogEntry entry) {
    List<String> names = new ArrayList<>();
    addUnless(Objects.equals(text("id"), entry.id()), "id", names);
    addUnless(Objects.equals(text("tokenId"), entry.tokenId()), "tokenId", names);
    String owner = ExportFile.ownerName(entry);
    addUnless(Objects.equals(text(owner), entry.owner()), owner, names);
    addUnless(Objects.equals(text("event"), entry.event()), "event", names);
    addUnless(Objects.equals(text("actor"), entry.actor()), "actor", names);
    addUnless(Objects.equals(text("occurredAt"), entry.occurredAt()), "occurredAt", names);
    JsonValue index = json.get("logIndex");
    addUnless(
        !isLogged() || (index != null && index.toString().equals(Long.toString(entry.logIndex()))),
        "logIndex",
        names);
    Map<String, String> compared = new HashMap<>(metadata);
    if (isReasonUnverifiable(entry)) {
      compared.remove(LogEntry.REASON);
    }
    names.addAll(entry.differencesOfMetadata(compared));
    for (String name : new TreeSet<>(json.keySet())) {
      addUnless(
          MEMBERS.contains(name)
              || NOT_LOGGED.contains(name)
              || name.equals(owner)
              || json.get(name) == JsonValue.NULL,
          name,
          names);
    }
    return names;
  }

  private static void addUnless(boolean same, String name, List<String> names) {
    if (!same) {
      names.add(name);
    }
  }

  @Override
  public boolean isMetadataUnverifiable(LogEntry entry) {
    return false;
  }

  @Override
  public boolean isReasonErased(LogEntry entry) {
    return entry.isReasonErased(metadata);
  }

  @Override
  public boolean isReasonUnverifiable(LogEntry entry) {
    return !isLogged()
        && metadata.containsKey(LogEntry.REASON)
        && !metadata.containsKey(LogEntry.REASON_SALT)
        && entry.metadata().containsKey(LogEntry.REASON_HMAC);
  }
}
