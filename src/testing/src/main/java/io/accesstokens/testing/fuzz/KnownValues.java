package io.accesstokens.testing.fuzz;

import io.accesstokens.testing.client.ApiResult;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Values that the application recognizes in parameters or JSON members. Some values are predefined,
 * and other values come from responses. Not thread-safe.
 */
final class KnownValues {

  /** Maximum number of stored values for one name. New values replace the oldest values. */
  private static final int KEPT = 40;

  /**
   * Name under which codes from URL fragments are stored. The text before {@code #} is the path of
   * the only operation that accepts these codes. The text after {@code #} is the member with the
   * code.
   */
  private static final String PICKUP_CODE = "/access-tokens/personal/mint/pickup#code";

  /** Maximum number of elements that are read from one array of a response. */
  private static final int ELEMENTS = 10;

  private final String basePath;
  private final OpenApi api;
  private final Map<String, List<String>> values = new HashMap<>();
  private final Set<String> reserved = new HashSet<>();

  private final Map<Operation, List<Link>> links = new HashMap<>();

  /**
   * A request target from a response.
   *
   * @param target the path and the query
   * @param caller the caller that received the response
   */
  record Link(String target, Caller caller) {}

  /**
   * Creates a collection without values from responses.
   *
   * @param basePath the root path of the API, without a trailing slash
   */
  KnownValues(OpenApi api, String basePath) {
    this.api = api;
    this.basePath = basePath;
  }

  /**
   * Adds valid values of a parameter or member.
   *
   * @param name the name of the parameter or member. The name can begin with a path and {@code #}.
   *     The values are then only for operations of this path. For ids, this path can be an {@link
   *     Operation#family}: the values are then for all operations of the family
   */
  void add(String name, String... added) {
    for (String value : added) {
      if (!reserved.contains(value) && !value.isEmpty()) {
        List<String> known = values.computeIfAbsent(name, key -> new ArrayList<>());
        known.remove(value);
        known.add(value);
        if (known.size() > KEPT) {
          known.remove(0);
        }
      }
    }
  }

  /**
   * Excludes a value from generated parameters and JSON members. Otherwise, a request could remove
   * an object that the fuzzer still needs, for example the token of a caller.
   */
  void reserve(String value) {
    reserved.add(value);
    values.values().forEach(known -> known.remove(value));
  }

  /**
   * Returns a random known value of a parameter or member of the operation. Prefers the latest
   * values. Returns empty if no value is known.
   */
  Optional<String> pick(Operation operation, String name, Choice choice) {
    List<String> scopes =
        name.equals("id") || name.equals("ids")
            ? List.of(operation.path() + '#', operation.family() + '#', "")
            : List.of(operation.path() + '#', "");
    for (String scope : scopes) {
      List<String> known = values.getOrDefault(scope + name, List.of());
      if (!known.isEmpty()) {
        int latest = choice.chance(60) ? Math.min(3, known.size()) : known.size();
        int at = known.size() - 1 - choice.below(latest);
        return Optional.of(known.get(at));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns a request target of the operation from an earlier response. Returns empty if there is
   * no such target. Also returns empty at random in 20 percent of all calls.
   */
  Optional<Link> link(Operation operation, Choice choice) {
    List<Link> known = links.getOrDefault(operation, List.of());
    // Each target is returned once, because many targets work only once. The latest target is
    // returned first.
    return known.isEmpty() || choice.chance(20)
        ? Optional.empty()
        : Optional.of(known.remove(known.size() - 1));
  }

  /** Stores the values and request targets that a response contains. */
  void learn(Operation operation, Caller caller, ApiResult answer) {
    answer.header("Location").ifPresent(link -> learnLink(caller, link));
    if (answer.length() > 0 && answer.headerLine("Content-Type").startsWith("application/json")) {
      try (JsonReader reader = Json.createReader(new StringReader(answer.text()))) {
        learn(operation, caller, "", reader.readValue());
      } catch (JsonException e) {
        // ResponseCheck reports malformed JSON.
      }
    }
  }

  private void learn(Operation operation, Caller caller, String name, JsonValue value) {
    if (value instanceof JsonObject object) {
      object.forEach((member, inner) -> learn(operation, caller, member, inner));
    } else if (value instanceof JsonArray array) {
      array.stream().limit(ELEMENTS).forEach(element -> learn(operation, caller, name, element));
    } else if (value instanceof JsonString text) {
      learnText(operation, caller, name, text.getString());
    }
  }

  private void learnText(Operation operation, Caller caller, String name, String text) {
    switch (name) {
      case "id" -> {
        add(operation.family() + "#id", text);
        add("/access-tokens/service/revoke/#ids", text);
      }
      case "flowId" -> add("/auth/v1/consent/#id", text);
      case "rawToken" -> add("token", text);
      case "access_token" -> add("token", text);
      case "next" -> add(operation.path() + "#after", text);
      case "position" -> {
        add(operation.path() + "#after", text);
        add("position", text);
      }
      case "tokenId" -> add(name, text);
      default -> {
        if (name.endsWith("Url") || name.endsWith("At") || name.equals("href")) {
          learnLink(caller, text);
        }
      }
    }
    if (name.equals("rawToken")) {
      add("refresh_token", text);
    }
  }

  private void learnLink(Caller caller, String link) {
    URI uri;
    try {
      uri = URI.create(link);
    } catch (IllegalArgumentException e) {
      return;
    }
    String path = uri.getRawPath();
    if (path != null && path.startsWith(basePath)) {
      String target = uri.getRawQuery() == null ? path : path + '?' + uri.getRawQuery();
      api.find("GET", path.substring(basePath.length()))
          .ifPresent(
              operation ->
                  links
                      .computeIfAbsent(operation, key -> new ArrayList<>())
                      .add(new Link(target, caller)));
    }
    String fragment = uri.getRawFragment();
    if (fragment != null && fragment.contains("=")) {
      learnFragment(fragment.substring(fragment.indexOf('=') + 1));
    }
  }

  /**
   * Reads the code from the fragment of a page URL, and stores the code as a known value. The
   * fragment contains a JSON object, encoded as base64url.
   *
   * @param encoded the text after the first {@code =} of the fragment
   */
  private void learnFragment(String encoded) {
    try (JsonReader reader =
        Json.createReader(
            new StringReader(
                new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8)))) {
      Optional.ofNullable(reader.readObject().get("code"))
          .ifPresent(code -> add(PICKUP_CODE, ((JsonString) code).getString()));
    } catch (IllegalArgumentException | JsonException e) {
      // The fragment has another format.
    }
  }
}
