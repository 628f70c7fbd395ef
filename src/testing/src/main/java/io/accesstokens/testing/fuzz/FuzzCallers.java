package io.accesstokens.testing.fuzz;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * The callers of one run, with their tokens and sessions. Some callers have invalid credentials.
 * The users are the sample users. Not thread-safe.
 */
public final class FuzzCallers {

  private static final String PERSONAL = "/api/access-tokens/personal";
  private static final String SERVICE = "/api/access-tokens/service";
  private static final String SESSION_PATH = "/access-tokens/session";

  /**
   * Name of the only sample user that signs in during a run. A run sends wrong passwords only for
   * this user.
   */
  private static final String SIGNS_IN = "dave";

  private final List<Caller> callers = new ArrayList<>();

  /** Ids and raw tokens that no request may revoke. */
  private final Set<String> reserved;

  /** Sessions that a request may end, as values of the Cookie header. */
  private final List<String> sessions = new ArrayList<>();

  private FuzzCallers(Set<String> reserved) {
    this.reserved = reserved;
  }

  /**
   * Creates tokens and sessions at an application with the sample users. Some of these tokens have
   * the permission to manage or introspect tokens.
   *
   * @param name the name of the run, which is unique at the application
   * @param reserved receives the ids and raw tokens that all runs need until their end. All runs
   *     share this set. Create the callers of all runs before the first run begins, so that the set
   *     is complete
   */
  public static FuzzCallers of(Api api, String name, Set<String> reserved) {
    FuzzCallers made = new FuzzCallers(reserved);
    made.addUsers(api);
    made.addTokens(api, name);
    made.addGarbage();
    return made;
  }

  private void addUsers(Api api) {
    callers.add(Caller.of("anonymous", 8));
    callers.add(basic("alice", 24));
    callers.add(basic("bob", 6));
    callers.add(basic("carol", 8));
    String cookie = BrowserSession.signIn(api, "alice", "alice").cookie();
    callers.add(
        new Caller(
            "alice in a session",
            List.of("Cookie: " + cookie, "X-Requested-With: XMLHttpRequest"),
            14,
            false));
    callers.add(
        new Caller(
            "another site in a session",
            List.of("Cookie: " + cookie, "Sec-Fetch-Site: cross-site"),
            2,
            false));
  }

  private static Caller basic(String person, int weight) {
    String credential = base64(person + ':' + person);
    // A sign-out "everywhere" by alice would end the session of alice. The run needs that session.
    boolean ends = !person.equals("alice");
    return new Caller(person, List.of("Authorization: Basic " + credential), weight, ends);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private void addTokens(Api api, String name) {
    addBearer("service token", 6, service(api, name + "-plain", "[\"catalog:read\"]"));
    addBearer(
        "managing service token",
        6,
        service(
            api,
            name + "-managing",
            "[\"access-tokens:service:read\",\"access-tokens:service:write\","
                + "\"access-tokens:service:revoke\",\"access-tokens:introspect\","
                + "\"catalog:read\"]"));
    addBearer("personal token", 5, personal(api, name + "-reading", "[]"));
    String revoking = personal(api, name + "-revoking", "[\"access-tokens:user:revoke\"]");
    addBearer("revoking personal token", 4, revoking);
    String form = "grant_type=refresh_token&refresh_token=" + revoking;
    JsonObject exchanged = api.anonymous().form("/api/auth/v1/token", form).ok();
    addBearer("signed token", 4, exchanged.getString("access_token"));
    String ended = service(api, name + "-ended", "[\"catalog:read\"]");
    api.anonymous().form("/api/access-tokens/revoke", "token=" + ended).expect(200);
    addBearer("revoked token", 2, ended);
  }

  private void addBearer(String name, int weight, String token) {
    callers.add(Caller.of(name, weight, "Authorization: Bearer " + token));
  }

  private String service(Api api, String name, String scopes) {
    return made(
        api.as("alice")
            .post(
                SERVICE,
                "{\"name\":\"%s\",\"description\":\"d\",\"groupEntityRef\":\"platform\",\"scopes\":%s}"
                    .formatted(name, scopes)));
  }

  private String personal(Api api, String name, String scopes) {
    return made(
        api.as("dave").post(PERSONAL, "{\"name\":\"%s\",\"scopes\":%s}".formatted(name, scopes)));
  }

  private String made(ApiResult answer) {
    JsonObject json = answer.expect(201).json();
    reserved.add(json.getJsonObject("token").getString("id"));
    reserved.add(json.getString("rawToken"));
    return json.getString("rawToken");
  }

  private void addGarbage() {
    List<String> values =
        List.of(
            "Bearer",
            "Bearer ",
            "Bearer " + HostileValues.MARK,
            "Bearer bsat_" + "x".repeat(43),
            "Bearer bsat_" + "x".repeat(5_000),
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
            "Bearer a b",
            "Bearer \u00e9\u0080",
            "Basic",
            "Basic %",
            "Basic " + base64(HostileValues.MARK),
            "Basic " + base64("mallory:" + HostileValues.MARK),
            "Basic " + base64("\0:\0"),
            "Digest username=\"" + HostileValues.MARK + "\"",
            HostileValues.MARK,
            ",");
    for (String value : values) {
      callers.add(Caller.of("a bad credential", 1, "Authorization: " + value));
    }
    callers.add(
        Caller.of("two credentials", 1, "Authorization: Bearer a", "Authorization: Basic Yjpj"));
    callers.add(
        Caller.of("a bad session", 2, "Cookie: access-tokens-session=" + HostileValues.MARK));
  }

  /**
   * Adds valid values to {@code known}: names from the sample data and its catalog, and one value
   * of each format.
   */
  void describe(KnownValues known) {
    known.add("groupEntityRef", "group:default/guests", "payments", "group:default/platform");
    known.add("userEntityRef", "user:default/alice", "user:default/dave");
    known.add("createdBy", "user:default/carol", "user:default/alice");
    known.add("actor", "user:default/dave", "user:default/alice");
    known.add("scopes", "techdocs:read", "catalog:write", "catalog:read");
    known.add("/access-tokens/personal#scopes", "access-tokens:user:revoke", "catalog:read");
    known.add("/access-tokens/personal/mint#scopes", "access-tokens:user:revoke", "catalog:read");
    known.add("scope", "catalog:read");
    known.add("/auth/v1/token#scope", "access-tokens:user:revoke");
    known.add("username", SIGNS_IN);
    known.add("password", SIGNS_IN);
    known.add("nonce", "0123456789abcdefABCDEF_-");
    known.add("grant_type", "refresh_token");
    known.add("q", "f", "a");
    reserved.forEach(known::reserve);
  }

  List<Caller> all() {
    return List.copyOf(callers);
  }

  Caller any(Choice choice) {
    int left = choice.below(callers.stream().mapToInt(Caller::weight).sum());
    for (Caller caller : callers) {
      left -= caller.weight();
      if (left < 0) {
        return caller;
      }
    }
    throw new AssertionError("weights");
  }

  /**
   * Returns {@code caller}, or another caller if the operation can end a session that the run
   * needs.
   */
  Caller safe(Operation operation, Caller caller, Choice choice) {
    if (caller.endsSessions() || !operation.path().startsWith(SESSION_PATH)) {
      return caller;
    }
    if (sessions.isEmpty()) {
      return callers.get(0);
    }
    String cookie = sessions.get(sessions.size() - 1 - choice.below(Math.min(3, sessions.size())));
    return Caller.of(
        SIGNS_IN + " in a session", 1, "Cookie: " + cookie, "X-Requested-With: XMLHttpRequest");
  }

  /** Stores the session that a sign-in response started. */
  void learn(Operation operation, ApiResult answer) {
    if (operation.method().equals("POST") && operation.path().equals(SESSION_PATH)) {
      answer.header("Set-Cookie").ifPresent(cookie -> sessions.add(cookie.split(";", 2)[0]));
    }
  }
}
