package io.accesstokens.testing.fuzz;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
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

  private static final String SELF_ROTATION = "/access-tokens/rotate";
  private static final String SESSION_PATH = "/access-tokens/session";

  /**
   * Name of the only sample user that signs in during a run. A run sends wrong passwords only for
   * this user.
   */
  private static final String SIGNS_IN = "dave";

  /** Number of tokens of each kind that have a previous secret at the start of a run. */
  private static final int ROTATED = 5;

  private final List<Caller> callers = new ArrayList<>();

  /** Service tokens that no request may rotate, because the run needs their current secrets. */
  private final List<Caller> serviceTokens = new ArrayList<>();

  /** The ids of service tokens with a previous secret, which a request can end. */
  private final List<String> rotated = new ArrayList<>();

  /** The ids of alice's personal tokens with a previous secret, which a request can end. */
  private final List<String> rotatedPersonal = new ArrayList<>();

  /** Ids and raw tokens that no request may revoke. */
  private final Set<String> reserved;

  /** Sessions that a request may end, as values of the Cookie header. */
  private final List<String> sessions = new ArrayList<>();

  /** The service token that requests rotate, with its current secret. */
  private Caller rotating;

  private FuzzCallers(Set<String> reserved, Api api, String name) {
    this.reserved = reserved;
    this.rotating = rotating(service(api, name + "-rotating", "catalog:read"));
  }

  private static Caller rotating(String rawToken) {
    return Caller.of("rotating service token", 6, "Authorization: Bearer " + rawToken);
  }

  /**
   * Creates tokens and sessions at an application with the sample users. Some of these tokens have
   * the permission to manage or introspect tokens.
   *
   * @param name the name of the run, which is unique at the application
   * @param reserved receives the ids and raw tokens that the run needs until its end. All runs
   *     share this set. Create the callers of all runs before the first run begins. Otherwise a run
   *     could revoke a token of another run
   */
  public static FuzzCallers of(Api api, String name, Set<String> reserved) {
    FuzzCallers made = new FuzzCallers(reserved, api, name);
    made.addUsers(api);
    made.callers.add(made.rotating);
    made.addTokens(api, name);
    made.addRotatedTokens(api, name);
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
    String plain = service(api, name + "-plain", "catalog:read");
    serviceTokens.add(addBearer("service token", 6, plain));
    String managing =
        service(
            api,
            name + "-managing",
            "access-tokens:service:read",
            "access-tokens:service:write",
            "access-tokens:service:revoke",
            "access-tokens:introspect",
            "catalog:read");
    serviceTokens.add(addBearer("managing service token", 6, managing));
    addBearer("personal token", 5, personal(api, name + "-reading"));
    String revoking = personal(api, name + "-revoking", "access-tokens:user:revoke");
    addBearer("revoking personal token", 4, revoking);
    String form = "grant_type=refresh_token&refresh_token=" + revoking;
    JsonObject exchanged = api.anonymous().form("/api/auth/v1/token", form).ok();
    addBearer("signed token", 4, exchanged.getString("access_token"));
    String ended = service(api, name + "-ended", "catalog:read");
    api.anonymous().form("/api/access-tokens/revoke", "token=" + ended).expect(200);
    addBearer("revoked token", 2, ended);
  }

  /** Rotates tokens of alice. Their previous secrets stay valid for the default grace period. */
  private void addRotatedTokens(Api api, String name) {
    Api alice = api.as("alice");
    ServiceTokens service = new ServiceTokens(alice);
    PersonalTokens personal = new PersonalTokens(alice);
    for (int i = 0; i < ROTATED; i++) {
      rotated.add(service.rotate(service.create().id(), "{}").id());
      TestToken own = personal.create();
      alice.post(PersonalTokens.path(own.id()) + "/rotate", "{}").expect(200);
      rotatedPersonal.add(own.id());
    }
    TestToken former = service.create(TokenRequest.good().named(name + "-previous"));
    addBearer("previous secret of a service token", 2, reserve(former));
    service.rotate(former.id(), "{}");
  }

  private Caller addBearer(String name, int weight, String token) {
    Caller caller = Caller.of(name, weight, "Authorization: Bearer " + token);
    callers.add(caller);
    return caller;
  }

  private String service(Api api, String name, String... scopes) {
    TokenRequest request = TokenRequest.good().named(name).scopes(scopes);
    return reserve(new ServiceTokens(api.as("alice")).create(request));
  }

  private String personal(Api api, String name, String... scopes) {
    return reserve(new PersonalTokens(api.as("dave")).createNamed(name, scopes));
  }

  private String reserve(TestToken token) {
    reserved.add(token.id());
    reserved.add(token.rawToken());
    return token.rawToken();
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
   * Adds predefined values of parameters and members to {@code known}, for example names from the
   * sample data. Reserves the ids and raw tokens that runs need until their end.
   */
  void describe(KnownValues known) {
    known.add("groupEntityRef", "group:default/guests", "payments", "group:default/platform");
    known.add("userEntityRef", "user:default/alice", "user:default/dave");
    // The run needs the personal tokens of alice, and the sessions of dave.
    known.add("/access-tokens/user-tokens/revoke#userEntityRef", "user:default/bob");
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
    known.add("Idempotency-Key", "first", "second");
    known.add("/access-tokens/service/{id}/previous-secret#id", rotated.toArray(String[]::new));
    known.add(
        "/access-tokens/personal/{id}/previous-secret#id", rotatedPersonal.toArray(String[]::new));
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
    throw new AssertionError("no caller was chosen, because the sum of the weights is wrong");
  }

  /**
   * Returns {@code caller}, or another caller if the operation can end a session or replace a
   * secret that the run needs.
   */
  Caller safe(Operation operation, Caller caller, Choice choice) {
    if (operation.path().equals(SELF_ROTATION) && serviceTokens.contains(caller)) {
      return rotating;
    }
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

  /**
   * Stores the session that a sign-in response started, and the new secret of a token that has
   * rotated itself. Reserves the new secret.
   */
  void learn(Operation operation, ApiResult answer, KnownValues known) {
    if (operation.path().equals(SELF_ROTATION)) {
      String rawToken = answer.json().getString("rawToken");
      known.reserve(rawToken);
      callers.remove(rotating);
      rotating = rotating(rawToken);
      callers.add(rotating);
    }
    if (operation.method().equals("POST") && operation.path().equals(SESSION_PATH)) {
      answer.header("Set-Cookie").ifPresent(cookie -> sessions.add(cookie.split(";", 2)[0]));
    }
  }
}
