package io.accesstokens.testing;

import jakarta.json.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * The body of a request that creates a service token: a good one, until a test changes a field.
 *
 * <p>Fields are kept as raw JSON, so that a field can be given any type, or be broken. Immutable.
 */
public final class TokenRequest {

  private static final AtomicLong NUMBER = new AtomicLong();

  private final Map<String, String> fields;

  private TokenRequest(Map<String, String> fields) {
    this.fields = fields;
  }

  /** A request in which nothing is wrong, with a name that no other request has. */
  public static TokenRequest good() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("name", quote(newName()));
    fields.put("description", quote("Reads the catalog for the nightly report"));
    fields.put("groupEntityRef", quote("group:default/platform"));
    fields.put("scopes", "[\"catalog:read\"]");
    return new TokenRequest(fields);
  }

  /** A name that no test used before. */
  public static String newName() {
    return "t-" + NUMBER.incrementAndGet() + '-' + Long.toString(System.nanoTime(), 36);
  }

  /** A JSON string. */
  public static String quote(String text) {
    return Json.createValue(text).toString();
  }

  /** With a field of this raw JSON. */
  public TokenRequest with(String field, String rawJson) {
    Map<String, String> changed = new LinkedHashMap<>(fields);
    changed.put(field, rawJson);
    return new TokenRequest(changed);
  }

  /** With a field that is this text. */
  public TokenRequest withText(String field, String text) {
    return with(field, quote(text));
  }

  /** With that name. */
  public TokenRequest named(String name) {
    return withText("name", name);
  }

  /** For that group. */
  public TokenRequest of(String groupEntityRef) {
    return withText("groupEntityRef", groupEntityRef);
  }

  /** With these scopes. */
  public TokenRequest scopes(String... scopes) {
    return with(
        "scopes",
        Arrays.stream(scopes).map(TokenRequest::quote).collect(Collectors.joining(",", "[", "]")));
  }

  /** Without a field. */
  public TokenRequest without(String field) {
    Map<String, String> changed = new LinkedHashMap<>(fields);
    changed.remove(field);
    return new TokenRequest(changed);
  }

  /** The JSON text. */
  public String json() {
    return fields.entrySet().stream()
        .map(field -> quote(field.getKey()) + ':' + field.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
