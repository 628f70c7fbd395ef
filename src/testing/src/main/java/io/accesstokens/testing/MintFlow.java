package io.accesstokens.testing;

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
 * One mint flow, step by step, as the pages of a browser in a session take it. Each step can be
 * taken in another session, too, which must lead nowhere.
 */
public final class MintFlow {

  /** Where flows begin. */
  public static final String PATH = PersonalTokens.PATH + "/mint";

  /** Where codes are traded for tokens. */
  public static final String PICKUP = PATH + "/pickup";

  /** Where browsers come back from the consent. */
  public static final String CALLBACK = PATH + "/callback";

  /** Where browsers are led to the consent. */
  public static final String AUTHORIZE = "/api/auth/v1/authorize";

  /** What is decided. */
  public static final String CONSENT = "/api/auth/v1/consent/";

  /** The page on which all of it ends. */
  public static final String TOKENS_PAGE = "/settings/personal-tokens";

  /** The page that asks. */
  public static final String CONSENT_PAGE = TOKENS_PAGE + "/consent";

  private static final String MINT = "personal-access-tokens-mint=";
  private static final String ERROR = "personal-access-tokens-mint-error=";

  private final BrowserSession session;
  private final JsonObject begun;

  private MintFlow(BrowserSession session, JsonObject begun) {
    this.session = session;
    this.begun = begun;
  }

  /** Begins one, which must succeed. */
  public static MintFlow begin(BrowserSession session, String json) {
    return new MintFlow(session, session.post(PATH, json).ok());
  }

  /** The same flow, as a browser with another session's cookie has it. */
  public MintFlow in(BrowserSession other) {
    return new MintFlow(other, begun);
  }

  public String id() {
    return begun.getString("flowId");
  }

  public String state() {
    return begun.getString("state");
  }

  /** Path and query of the authorisation request. */
  public String authorizePath() {
    return pathOf(begun.getString("authorizeUrl"));
  }

  /** The parameters of the authorisation request. */
  public Map<String, String> parameters() {
    return parametersOf(begun.getString("authorizeUrl"));
  }

  /** A parameter of the authorisation request, which must be there. */
  public String parameter(String name) {
    return parameter(begun.getString("authorizeUrl"), name);
  }

  /** A parameter of an address, which must be there. */
  public static String parameter(String url, String name) {
    return Objects.requireNonNull(parametersOf(url).get(name), name);
  }

  /** The code verifier (RFC 7636), which follows from the session's key. */
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

  /** Goes to the consent. */
  public Answer authorize() {
    return navigate(authorizePath());
  }

  /** What the page that asks shows. */
  public Answer consent() {
    return session.get(CONSENT + id());
  }

  /** Decides: {@code allow} or {@code deny}. */
  public Answer decide(String decision) {
    return session.post(CONSENT + id(), "{\"decision\":\"" + decision + "\"}");
  }

  /** Path and query of where a decision, which must have succeeded, leads to. */
  public String decided(String decision) {
    return pathOf(decide(decision).ok().getString("continueAt"));
  }

  /** Goes to an address as a browser does. */
  public Answer navigate(String path) {
    return session.call("GET", path).header("Sec-Fetch-Mode", "navigate").send();
  }

  /** Allows it and comes back: the code of the page's fragment. */
  public String allowed() {
    return code(navigate(decided("allow")));
  }

  /** Trades a code for the token. */
  public Answer pickUp(String code) {
    return session.post(PICKUP, Json.createObjectBuilder().add("code", code).build().toString());
  }

  /** The code that an answer of the callback leads to the page with. */
  public static String code(Answer answer) {
    return fragment(answer, MINT).getString("code");
  }

  /** The error that an answer of the callback leads to the page with. */
  public static String error(Answer answer) {
    return fragment(answer, ERROR).getString("error");
  }

  /** Whether an answer of the callback leads to the page with a code. */
  public static boolean hasCode(Answer answer) {
    return answer.expect(302).headerLine("Location").startsWith(TOKENS_PAGE + '#' + MINT);
  }

  private static JsonObject fragment(Answer answer, String name) {
    String location = answer.expect(302).headerLine("Location");
    String start = TOKENS_PAGE + '#' + name;
    if (!location.startsWith(start)) {
      throw new AssertionError("leads elsewhere: " + answer);
    }
    byte[] json = Base64.getUrlDecoder().decode(location.substring(start.length()));
    try (JsonReader reader =
        Json.createReader(new StringReader(new String(json, StandardCharsets.UTF_8)))) {
      return reader.readObject();
    }
  }

  /** Path and query of an address of the application. */
  public static String pathOf(String url) {
    URI uri = URI.create(url);
    return uri.getRawQuery() == null
        ? uri.getRawPath()
        : uri.getRawPath() + '?' + uri.getRawQuery();
  }

  /** The decoded query of an address. */
  public static Map<String, String> parametersOf(String url) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : URI.create(url).getRawQuery().split("&", -1)) {
      String[] parts = pair.split("=", 2);
      parameters.put(parts[0], java.net.URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return parameters;
  }
}
