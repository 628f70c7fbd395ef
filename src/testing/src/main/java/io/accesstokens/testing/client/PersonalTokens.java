package io.accesstokens.testing.client;

import jakarta.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Calls the personal token API ({@code /api/access-tokens/personal}) as one caller. */
public final class PersonalTokens {

  /** Path of the caller's own personal tokens. */
  public static final String PATH = "/api/access-tokens/personal";

  /** Path of the personal tokens of all users, for administrators. */
  public static final String USER_TOKENS = "/api/access-tokens/user-tokens";

  private final Api api;

  public PersonalTokens(Api api) {
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

  /** Returns the path at which administrators access a token. */
  public static String adminPath(String id) {
    return USER_TOKENS + '/' + id;
  }

  /** Returns the JSON body of a request for a token with the given name and scopes. */
  public static String request(String name, String... scopes) {
    String list =
        Arrays.stream(scopes).map(TokenRequest::quote).collect(Collectors.joining(",", "[", "]"));
    return "{\"name\":" + TokenRequest.quote(name) + ",\"scopes\":" + list + '}';
  }

  /** Requests a token and returns the response, even if the request is rejected. */
  public ApiResult tryCreate(String json) {
    ApiResult answer = api.post(PATH, json);
    if (answer.status() == 201) {
      TestToken.of(answer, api.exchanges());
    }
    return answer;
  }

  /** Creates a token with a unique name and the given scopes. */
  public TestToken create(String... scopes) {
    return createNamed(TokenRequest.newName(), scopes);
  }

  /** Creates a token with the given name and scopes. */
  public TestToken createNamed(String name, String... scopes) {
    return TestToken.of(tryCreate(request(name, scopes)), api.exchanges());
  }

  /** Returns the token with the given id. */
  public JsonObject get(String id) {
    return api.get(path(id)).ok();
  }

  /** Revokes a token and returns the response, even if the revocation is rejected. */
  public ApiResult tryRevoke(String id) {
    return api.call("DELETE", path(id)).send();
  }

  /** Revokes a token. Fails if the revocation is rejected. */
  public void revoke(String id) {
    tryRevoke(id).expect(204);
  }

  /**
   * Returns one page of the caller's tokens.
   *
   * @param query the query of the URL, without a question mark
   */
  public JsonObject list(String query) {
    return api.get(PATH + '?' + query).ok();
  }

  /** Returns the names of a token's audit events, newest first. */
  public List<String> events(String id) {
    return ServiceTokens.objects(api.get(path(id) + "/audit").ok(), "events").stream()
        .map(event -> event.getString("event"))
        .toList();
  }
}
