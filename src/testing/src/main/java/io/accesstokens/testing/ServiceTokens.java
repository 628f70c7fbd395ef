package io.accesstokens.testing;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The calls of {@code /api/access-tokens/service}, as one caller makes them. */
public final class ServiceTokens {

  /** Where service tokens are. */
  public static final String PATH = "/api/access-tokens/service";

  /** Who am I. */
  public static final String WHOAMI = "/api/access-tokens/whoami";

  private final Api api;

  public ServiceTokens(Api api) {
    this.api = api;
  }

  /** A path and what follows it. */
  public static String path(String id) {
    return PATH + '/' + id;
  }

  /** Text as part of a query. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Asks for a token, whatever comes of it. */
  public Answer tryCreate(TokenRequest request) {
    Answer answer = api.post(PATH, request.json());
    if (answer.status() == 201) {
      Made.of(answer, api.exchanges());
    }
    return answer;
  }

  /** Makes a token. */
  public Made create(TokenRequest request) {
    return Made.of(api.post(PATH, request.json()), api.exchanges());
  }

  /** Makes a token that nothing is special about. */
  public Made create() {
    return create(TokenRequest.good());
  }

  /**
   * Makes a token that lives for a moment only.
   *
   * @return when it is made; it expires {@code millis} after it was asked for
   */
  public Made createExpiring(TokenRequest request, long millis) {
    // A password that is hashed first could take longer than the token may live.
    api.get(WHOAMI).ok();
    String expiresAt = Instant.now().plusMillis(millis).toString();
    return create(request.withText("expiresAt", expiresAt));
  }

  /** One token. */
  public JsonObject get(String id) {
    return api.get(path(id)).ok();
  }

  /** Revokes a token, whatever comes of it. */
  public Answer tryRevoke(String id) {
    return api.delete(path(id), "{\"reason\":\"no longer needed\"}");
  }

  /** Revokes a token. */
  public void revoke(String id) {
    tryRevoke(id).expect(204);
  }

  /** A page; the query is without its question mark. */
  public JsonObject list(String query) {
    return api.get(PATH + '?' + query).ok();
  }

  /** A token's events, newest first. */
  public List<JsonObject> events(String id) {
    return objects(api.get(path(id) + "/audit").ok(), "events");
  }

  /** All tokens that a query matches, by following the cursor. */
  public List<JsonObject> all(String query) {
    List<JsonObject> all = new ArrayList<>();
    JsonObject page = list(query);
    all.addAll(objects(page, "tokens"));
    while (page.get("next") != null && page.get("next") != JsonValue.NULL) {
      page = list(query + "&after=" + encode(page.getString("next")));
      all.addAll(objects(page, "tokens"));
    }
    return all;
  }

  /** The elements of an array of objects. */
  public static List<JsonObject> objects(JsonObject json, String field) {
    return json.getJsonArray(field).getValuesAs(JsonObject.class);
  }
}
