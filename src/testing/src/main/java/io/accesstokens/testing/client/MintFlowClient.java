package io.accesstokens.testing.client;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Runs the steps of one mint flow, in which a user consents to the creation of a personal token.
 * Sends the requests that the pages of the application send in a browser session. A test can run a
 * step in another session to check that the step fails.
 */
public final class MintFlowClient {

  /** Path at which flows start. */
  public static final String PATH = PersonalTokens.PATH + "/mint";

  /** Path at which codes are exchanged for tokens. */
  public static final String PICKUP = PATH + "/pickup";

  /** Path to which browsers return after consent. */
  public static final String CALLBACK = PATH + "/callback";

  /** Path that redirects browsers to the consent page. */
  public static final String AUTHORIZE = "/api/auth/v1/authorize";

  /** Path prefix of consent decisions. */
  public static final String CONSENT = "/api/auth/v1/consent/";

  /** Path of the page of personal tokens, on which the flow ends. */
  public static final String TOKENS_PAGE = "/settings/personal-tokens";

  /** Path of the page that asks for consent. */
  public static final String CONSENT_PAGE = TOKENS_PAGE + "/consent";

  private static final String MINT = "personal-access-tokens-mint=";
  private static final String ERROR = "personal-access-tokens-mint-error=";

  private final BrowserSession session;
  private final JsonObject started;

  private MintFlowClient(BrowserSession session, JsonObject started) {
    this.session = session;
    this.started = started;
  }

  /** Starts a flow. Throws an {@link AssertionError} if the request is rejected. */
  public static MintFlowClient start(BrowserSession session, String json) {
    return new MintFlowClient(session, session.post(PATH, json).ok());
  }

  /**
   * Returns a flow that a client without a session has started.
   *
   * @param session the session that continues the flow
   * @param started the response to the request that started the flow
   */
  public static MintFlowClient started(BrowserSession session, JsonObject started) {
    return new MintFlowClient(session, started);
  }

  /** Returns a copy of this flow for another session. */
  public MintFlowClient in(BrowserSession other) {
    return new MintFlowClient(other, started);
  }

  public String id() {
    return started.getString("flowId");
  }

  public String state() {
    return started.getString("state");
  }

  /** Returns the path and query of the authorization request. */
  public String authorizePath() {
    return pathOf(started.getString("authorizeUrl"));
  }

  /** Returns the decoded query parameters of the authorization request. */
  public Map<String, String> parameters() {
    return parametersOf(started.getString("authorizeUrl"));
  }

  /** Returns a query parameter of the authorization request. Fails if the parameter is absent. */
  public String parameter(String name) {
    return parameter(started.getString("authorizeUrl"), name);
  }

  /** Returns a query parameter of a URL. Fails if the parameter is absent. */
  public static String parameter(String url, String name) {
    return Objects.requireNonNull(parametersOf(url).get(name), name);
  }

  /** Returns the code verifier of the flow (RFC 7636), which is derived from the session key. */
  public String verifier() {
    String key = session.cookie().split("=", 2)[1];
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              mac.doFinal(("mint verifier " + id()).getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Requests the consent page and returns the response. */
  public ApiResult authorize() {
    return navigate(authorizePath());
  }

  /** Requests the data that the consent page shows, and returns the response. */
  public ApiResult consent() {
    return session.get(CONSENT + id());
  }

  /**
   * Sends a decision and returns the response.
   *
   * @param decision {@code allow} or {@code deny}
   */
  public ApiResult decide(String decision) {
    return session.post(CONSENT + id(), "{\"decision\":\"" + decision + "\"}");
  }

  /**
   * Sends a decision and asserts that the request succeeds. Returns the path and query at which the
   * flow continues.
   */
  public String decided(String decision) {
    return pathOf(decide(decision).ok().getString("continueAt"));
  }

  /** Sends a GET request with the {@code Sec-Fetch-Mode} header of a browser navigation. */
  public ApiResult navigate(String path) {
    return session.call("GET", path).header("Sec-Fetch-Mode", "navigate").send();
  }

  /** Allows the token, continues the flow, and returns the code from the URL of the redirect. */
  public String allowed() {
    return code(navigate(decided("allow")));
  }

  /** Exchanges a code for the token, and returns the response. */
  public ApiResult pickUp(String code) {
    return session.post(PICKUP, Json.createObjectBuilder().add("code", code).build().toString());
  }

  /** Returns the code from the {@code Location} header of a callback response. */
  public static String code(ApiResult answer) {
    return fragment(answer, MINT).getString("code");
  }

  /** Returns the error from the {@code Location} header of a callback response. */
  public static String error(ApiResult answer) {
    return fragment(answer, ERROR).getString("error");
  }

  /** Returns true if the {@code Location} header of a callback response contains a code. */
  public static boolean hasCode(ApiResult answer) {
    return answer.expect(302).headerLine("Location").startsWith(TOKENS_PAGE + '#' + MINT);
  }

  private static JsonObject fragment(ApiResult answer, String name) {
    String location = answer.expect(302).headerLine("Location");
    String start = TOKENS_PAGE + '#' + name;
    if (!location.startsWith(start)) {
      throw new AssertionError("Location must start with " + start + ": " + answer);
    }
    byte[] json = Base64.getUrlDecoder().decode(location.substring(start.length()));
    try (JsonReader reader =
        Json.createReader(new StringReader(new String(json, StandardCharsets.UTF_8)))) {
      return reader.readObject();
    }
  }

  /** Returns the path and query of a URL of the application. */
  public static String pathOf(String url) {
    URI uri = URI.create(url);
    return uri.getRawQuery() == null
        ? uri.getRawPath()
        : uri.getRawPath() + '?' + uri.getRawQuery();
  }

  /** Returns the decoded query parameters of a URL. */
  public static Map<String, String> parametersOf(String url) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : URI.create(url).getRawQuery().split("&", -1)) {
      String[] parts = pair.split("=", 2);
      parameters.put(parts[0], java.net.URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return parameters;
  }
}
