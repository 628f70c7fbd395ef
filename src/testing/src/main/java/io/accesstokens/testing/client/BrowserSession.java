package io.accesstokens.testing.client;

import jakarta.json.Json;
import java.net.URI;

/**
 * Calls the application in a session, like the pages of the application. Each request contains the
 * session cookie and the header {@code X-Requested-With}.
 */
public final class BrowserSession {

  /** Path of the session resource. */
  public static final String PATH = "/api/access-tokens/session";

  private final Api api;
  private final ApiResult signedIn;
  private final String cookie;

  private BrowserSession(Api api, ApiResult signedIn, String cookie) {
    this.api = api;
    this.signedIn = signedIn;
    this.cookie = cookie;
  }

  /** Signs in and returns the new session. Fails if the sign-in is rejected. */
  public static BrowserSession signIn(Api api, String username, String password) {
    return of(api.anonymous().post(PATH, credentials(username, password))).on(api);
  }

  /**
   * Returns the session that a sign-in response started. This session cannot send requests. {@link
   * #on} returns a copy that can send requests.
   */
  public static BrowserSession of(ApiResult signedIn) {
    String setCookie = signedIn.expect(200).header("Set-Cookie").orElseThrow();
    return new BrowserSession(
        Api.at(URI.create("http://nowhere.invalid")), signedIn, setCookie.split(";", 2)[0]);
  }

  /** Returns the JSON body of a sign-in request. */
  public static String credentials(String username, String password) {
    return Json.createObjectBuilder()
        .add("username", username)
        .add("password", password)
        .build()
        .toString();
  }

  /**
   * Returns a copy of this session for requests to another application, such as another replica.
   */
  public BrowserSession on(Api other) {
    return new BrowserSession(other.anonymous(), signedIn, cookie);
  }

  /** Returns a copy of this session with the new session key from a response. */
  public BrowserSession renewedBy(ApiResult answer) {
    String setCookie =
        answer.headers("Set-Cookie").stream()
            .filter(header -> header.startsWith("access-tokens-session="))
            .findFirst()
            .orElseThrow();
    return new BrowserSession(api, signedIn, setCookie.split(";", 2)[0]);
  }

  /** Returns the response of the sign-in request. */
  public ApiResult signedIn() {
    return signedIn;
  }

  /** Returns the name and value of the session cookie, in the format of the Cookie header. */
  public String cookie() {
    return cookie;
  }

  public ApiResult get(String path) {
    return call("GET", path).send();
  }

  public ApiResult post(String path, String json) {
    return call("POST", path).json(json).send();
  }

  public ApiResult delete(String path, String json) {
    return call("DELETE", path).json(json).send();
  }

  /**
   * Creates a request in this session. The caller can change the request before {@link
   * Api.Call#send}.
   */
  public Api.Call call(String method, String path) {
    return api.call(method, path)
        .header("Cookie", cookie)
        .header("X-Requested-With", "XMLHttpRequest");
  }
}
