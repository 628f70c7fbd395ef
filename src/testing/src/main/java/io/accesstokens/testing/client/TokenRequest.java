package io.accesstokens.testing.client;

import jakarta.json.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * The body of a request that creates a service token. The default values of the fields are valid.
 *
 * <p>Each field is raw JSON. A test can use a value of any type, or malformed JSON. Immutable.
 */
public final class TokenRequest {

  private static final AtomicLong NUMBER = new AtomicLong();

  private final Map<String, String> fields;

  private TokenRequest(Map<String, String> fields) {
    this.fields = fields;
  }

  /** Returns a valid request with a unique token name. */
  public static TokenRequest good() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("name", quote(newName()));
    fields.put("description", quote("Reads the catalog for the nightly report"));
    fields.put("groupEntityRef", quote("group:default/platform"));
    fields.put("scopes", "[\"catalog:read\"]");
    return new TokenRequest(fields);
  }

  /** Returns a name that no other test uses. */
  public static String newName() {
    return "t-" + NUMBER.incrementAndGet() + '-' + Long.toString(System.nanoTime(), 36);
  }

  /** Returns a text as a JSON string, with quotes and escapes. */
  public static String quote(String text) {
    return Json.createValue(text).toString();
  }

  /** Returns a copy with the given raw JSON as the value of a field. */
  public TokenRequest with(String field, String rawJson) {
    Map<String, String> changed = new LinkedHashMap<>(fields);
    changed.put(field, rawJson);
    return new TokenRequest(changed);
  }

  /** Returns a copy with the given text as the value of a field. */
  public TokenRequest withText(String field, String text) {
    return with(field, quote(text));
  }

  /** Returns a copy with the given token name. */
  public TokenRequest named(String name) {
    return withText("name", name);
  }

  /** Returns a copy for a token of the given group. */
  public TokenRequest of(String groupEntityRef) {
    return withText("groupEntityRef", groupEntityRef);
  }

  /** Returns a copy with the given scopes. */
  public TokenRequest scopes(String... scopes) {
    return with(
        "scopes",
        Arrays.stream(scopes).map(TokenRequest::quote).collect(Collectors.joining(",", "[", "]")));
  }

  /** Returns a copy without the given field. */
  public TokenRequest without(String field) {
    Map<String, String> changed = new LinkedHashMap<>(fields);
    changed.remove(field);
    return new TokenRequest(changed);
  }

  /** Returns the request body as JSON text. */
  public String json() {
    return fields.entrySet().stream()
        .map(field -> quote(field.getKey()) + ':' + field.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
