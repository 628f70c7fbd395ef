package io.accesstokens.testing.client;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Calls the service token API ({@code /api/access-tokens/service}) as one caller. */
public final class ServiceTokens {

  /** Path of the service tokens. */
  public static final String PATH = "/api/access-tokens/service";

  /** Path of the resource that describes the caller. */
  public static final String WHOAMI = "/api/access-tokens/whoami";

  private final Api api;

  public ServiceTokens(Api api) {
    this.api = api;
  }

  /**
   * Returns the path of a token.
   *
   * @param id the id of the token, or the id and a path below the token
   */
  public static String path(String id) {
    return PATH + '/' + id;
  }

  /** Percent-encodes a text for the query of a URL. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Requests a token and returns the response, even if the request is rejected. */
  public ApiResult tryCreate(TokenRequest request) {
    ApiResult answer = api.post(PATH, request.json());
    if (answer.status() == 201) {
      TestToken.of(answer, api.exchanges());
    }
    return answer;
  }

  /** Creates a token. Fails if the request is rejected. */
  public TestToken create(TokenRequest request) {
    return TestToken.of(api.post(PATH, request.json()), api.exchanges());
  }

  /** Creates a token from a request with default values. */
  public TestToken create() {
    return create(TokenRequest.good());
  }

  /**
   * Creates a token that expires about a second after its creation, or later on a busy machine.
   * {@link TestToken#awaitExpiry} waits until the token has expired.
   */
  public TestToken createExpiring(TokenRequest request) {
    return createExpiring(request, token -> true);
  }

  /**
   * Creates a token that expires soon, and uses the token before it expires. On a busy machine, the
   * creation and the use can take longer than the lifetime. In this case, creates another token
   * with twice the lifetime.
   *
   * @param use returns true if the use was accepted
   * @return the token that was used
   */
  public TestToken createExpiring(TokenRequest request, Predicate<TestToken> use) {
    // The server hashes the caller's password once and caches the result. Without this request, the
    // creation would often take longer than the token's lifetime.
    api.get(WHOAMI).ok();
    for (int seconds = 1; ; seconds *= 2) {
      Instant expiresAt = Instant.now().plusSeconds(seconds);
      ApiResult answer = tryCreate(request.withText("expiresAt", expiresAt.toString()));
      if (answer.status() == 201) {
        TestToken made = TestToken.of(answer, api.exchanges());
        if (use.test(made)) {
          return made;
        }
        revoke(made.id()); // its name is available again
      }
      if (Instant.now().isBefore(expiresAt)) {
        throw new AssertionError("rejected before its expiry: " + answer);
      }
    }
  }

  /** Returns the token with the given id. */
  public JsonObject get(String id) {
    return api.get(path(id)).ok();
  }

  /** Changes a token and returns the response, even if the change is rejected. */
  public ApiResult tryUpdate(String id, String json) {
    return api.call("PATCH", path(id)).json(json).send();
  }

  /** Changes a token and returns the token. Fails if the change is rejected. */
  public JsonObject update(String id, String json) {
    return tryUpdate(id, json).ok();
  }

  /** Rotates a token and returns the response, even if the rotation is rejected. */
  public ApiResult tryRotate(String id, String json) {
    return recorded(api.post(path(id) + "/rotate", json));
  }

  /** Rotates a token with an idempotency key, and returns the response. */
  public ApiResult tryRotate(String id, String json, String key) {
    return recorded(
        api.call("POST", path(id) + "/rotate").header("Idempotency-Key", key).json(json).send());
  }

  /** Records the raw token of a successful rotation, and returns the response. */
  private ApiResult recorded(ApiResult answer) {
    if (answer.status() == 200) {
      TestToken.ofRotation(answer, api.exchanges());
    }
    return answer;
  }

  /** Rotates a token. Fails if the rotation is rejected. */
  public TestToken rotate(String id, String json) {
    return TestToken.ofRotation(tryRotate(id, json), api.exchanges());
  }

  /**
   * Ends the previous secret of a token and returns the response, even if the request is rejected.
   */
  public ApiResult tryEndPrevious(String id) {
    return api.call("DELETE", path(id) + "/previous-secret").send();
  }

  /** Ends the previous secret of a token with a request body, and returns the response. */
  public ApiResult tryEndPrevious(String id, String json) {
    return api.delete(path(id) + "/previous-secret", json);
  }

  /** Revokes a token and returns the response, even if the revocation is rejected. */
  public ApiResult tryRevoke(String id) {
    return api.delete(path(id), "{\"reason\":\"no longer needed\"}");
  }

  /** Revokes a token. Fails if the revocation is rejected. */
  public void revoke(String id) {
    tryRevoke(id).expect(204);
  }

  /**
   * Returns one page of the tokens.
   *
   * @param query the query of the URL, without a question mark
   */
  public JsonObject list(String query) {
    return api.get(PATH + '?' + query).ok();
  }

  /** Returns the audit events of a token, newest first. */
  public List<JsonObject> events(String id) {
    return objects(api.get(path(id) + "/audit").ok(), "events");
  }

  /** Waits until all audit events of a token are in the transparency log, and returns them. */
  public List<JsonObject> loggedEvents(String id) {
    return Awaitility.await("events in the log")
        .until(() -> events(id), events -> events.stream().noneMatch(e -> e.isNull("logIndex")));
  }

  /** Returns all tokens that match a query, from all pages of the result. */
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

  /**
   * Returns the elements of a JSON array. Each element must be an object.
   *
   * @param field the name of the member that contains the array
   */
  public static List<JsonObject> objects(JsonObject json, String field) {
    return json.getJsonArray(field).getValuesAs(JsonObject.class);
  }
}
