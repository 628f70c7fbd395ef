package io.accesstokens.testing;

import jakarta.json.Json;
import java.net.URI;

/**
 * Calls the application in a session, as its own pages do: with the cookie, and with the header
 * that tells their scripts from other sites' forms.
 */
public final class BrowserSession {

  /** Where sessions begin and end. */
  public static final String PATH = "/api/access-tokens/session";

  private final Api api;
  private final Answer signedIn;
  private final String cookie;

  private BrowserSession(Api api, Answer signedIn, String cookie) {
    this.api = api;
    this.signedIn = signedIn;
    this.cookie = cookie;
  }

  /** Signs in, which must succeed. */
  public static BrowserSession signIn(Api api, String username, String password) {
    return of(api.anonymous().post(PATH, credentials(username, password))).on(api);
  }

  /** The session that an answer has begun. */
  public static BrowserSession of(Answer signedIn) {
    String given = signedIn.expect(200).header("Set-Cookie").orElseThrow();
    return new BrowserSession(
        Api.at(URI.create("http://nowhere.invalid")), signedIn, given.split(";", 2)[0]);
  }

  /** What a sign-in sends. */
  public static String credentials(String username, String password) {
    return Json.createObjectBuilder()
        .add("username", username)
        .add("password", password)
        .build()
        .toString();
  }

  /** The same session at this application, which may be another replica. */
  public BrowserSession on(Api other) {
    return new BrowserSession(other.anonymous(), signedIn, cookie);
  }

  /** Returns the same session with the key that an answer gave it. */
  public BrowserSession renewedBy(Answer answer) {
    String given =
        answer.headers("Set-Cookie").stream()
            .filter(it -> it.startsWith("access-tokens-session="))
            .findFirst()
            .orElseThrow();
    return new BrowserSession(api, signedIn, given.split(";", 2)[0]);
  }

  /** The answer to the sign-in. */
  public Answer signedIn() {
    return signedIn;
  }

  /** Name and value, as a browser sends them. */
  public String cookie() {
    return cookie;
  }

  public Answer get(String path) {
    return call("GET", path).send();
  }

  public Answer post(String path, String json) {
    return call("POST", path).json(json).send();
  }

  public Answer delete(String path, String json) {
    return call("DELETE", path).json(json).send();
  }

  /** A request that can still be changed. */
  public Api.Call call(String method, String path) {
    return api.call(method, path)
        .header("Cookie", cookie)
        .header("X-Requested-With", "XMLHttpRequest");
  }
}
