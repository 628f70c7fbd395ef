package io.accesstokens.testing;

import jakarta.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The calls of {@code /api/access-tokens/personal}, as one caller makes them. */
public final class PersonalTokens {

  /** Where one's own personal tokens are. */
  public static final String PATH = "/api/access-tokens/personal";

  /** Where administrators find everybody's. */
  public static final String USER_TOKENS = "/api/access-tokens/user-tokens";

  private final Api api;

  public PersonalTokens(Api api) {
    this.api = api;
  }

  /** A path and what follows it. */
  public static String path(String id) {
    return PATH + '/' + id;
  }

  /** The path by which administrators find a token. */
  public static String adminPath(String id) {
    return USER_TOKENS + '/' + id;
  }

  /** A request for a token with these scopes. */
  public static String request(String name, String... scopes) {
    String list =
        Arrays.stream(scopes).map(TokenRequest::quote).collect(Collectors.joining(",", "[", "]"));
    return "{\"name\":" + TokenRequest.quote(name) + ",\"scopes\":" + list + '}';
  }

  /** Asks for a token, whatever comes of it. */
  public Answer tryCreate(String json) {
    Answer answer = api.post(PATH, json);
    if (answer.status() == 201) {
      Made.of(answer, api.exchanges());
    }
    return answer;
  }

  /** Makes a token with these scopes. */
  public Made create(String... scopes) {
    return createNamed(TokenRequest.newName(), scopes);
  }

  /** Makes a token of that name with these scopes. */
  public Made createNamed(String name, String... scopes) {
    return Made.of(tryCreate(request(name, scopes)), api.exchanges());
  }

  /** One token. */
  public JsonObject get(String id) {
    return api.get(path(id)).ok();
  }

  /** Revokes a token, whatever comes of it. */
  public Answer tryRevoke(String id) {
    return api.call("DELETE", path(id)).send();
  }

  /** Revokes a token. */
  public void revoke(String id) {
    tryRevoke(id).expect(204);
  }

  /** A page; the query is without its question mark. */
  public JsonObject list(String query) {
    return api.get(PATH + '?' + query).ok();
  }

  /** What happened to a token, newest first. */
  public List<String> events(String id) {
    return ServiceTokens.objects(api.get(path(id) + "/audit").ok(), "events").stream()
        .map(event -> event.getString("event"))
        .toList();
  }
}
