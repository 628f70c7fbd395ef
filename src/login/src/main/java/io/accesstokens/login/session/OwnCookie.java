package io.accesstokens.login.session;

import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.token.Text;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cookie of this application (RFC 6265bis): {@code HttpOnly}, {@code SameSite=Lax}, limited to
 * the application's path, and {@code Secure} if clients connect over TLS.
 *
 * <p>A site on a sibling subdomain can set a cookie of any name, except a name with the prefix
 * {@code __Host-}. Browsers accept a cookie with this prefix only from the host of the application,
 * and only for the path {@code /}. Over TLS, these rules apply:
 *
 * <ul>
 *   <li>If the application has the path {@code /}, the cookie has the prefix {@code __Host-}.
 *   <li>If the application has a context path, the cookie is limited to this path. Other
 *       applications of the host then do not receive the cookie. A second cookie, with the prefix
 *       {@code __Host-} and the path {@code /}, contains a digest of the value. A value is accepted
 *       only together with its digest. A sibling subdomain cannot set the cookie with the digest.
 * </ul>
 *
 * <p>Without TLS, no prefix protects the cookie. If a request contains several values of the
 * cookie, all values are ignored.
 */
public final class OwnCookie {

  private static final Pattern SPECIAL_CHARACTER = Pattern.compile("[^A-Za-z0-9-]");

  private final String name;
  private final @Nullable URI publicUrl;

  /**
   * Creates a cookie.
   *
   * @param publicUrl the URL at which browsers reach this service; null to use the URL of each
   *     request
   */
  public OwnCookie(String name, @Nullable URI publicUrl) {
    this.name = name;
    this.publicUrl = publicUrl;
  }

  /**
   * Returns the value of the cookie in a request. Returns empty if the request does not contain
   * exactly one acceptable value.
   */
  public Optional<String> value(RequestInfo requestInfo) {
    Stream<String> sent = values(requestInfo, name(requestInfo)).distinct();
    if (hasProof(requestInfo)) {
      List<String> proofs = values(requestInfo, proofName(requestInfo)).distinct().toList();
      sent = sent.filter(value -> proofs.size() == 1 && isProof(proofs.get(0), value));
    }
    List<String> values = sent.toList();
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }

  private static Stream<String> values(RequestInfo requestInfo, String name) {
    String start = name + '=';
    return requestInfo.header("Cookie").stream()
        .flatMap(header -> Stream.of(header.split(";")))
        .map(OwnCookie::trimmed)
        .filter(pair -> pair.startsWith(start))
        .map(pair -> pair.substring(start.length()));
  }

  /**
   * Removes spaces and tabs at both ends of a text. RFC 6265bis treats only these two characters as
   * whitespace. Other characters before {@code __Host-} are part of the cookie name and must stay.
   * A site on a sibling subdomain can set a cookie with such characters before {@code __Host-}.
   */
  private static String trimmed(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isWhitespace(text.charAt(from))) {
      from++;
    }
    while (from < to && isWhitespace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isWhitespace(char c) {
    return c == ' ' || c == '\t';
  }

  /**
   * Returns the values of the {@code Set-Cookie} headers that set the cookie. The browser keeps the
   * cookie until the browser is closed.
   *
   * @param value the value; only letters, digits, hyphens, underscores and dots
   */
  public List<String> setHeaders(String value, RequestInfo requestInfo) {
    return setHeaders(value, requestInfo, "");
  }

  /**
   * Returns the values of the {@code Set-Cookie} headers that set the cookie. The browser keeps the
   * cookie for the given number of seconds.
   */
  public List<String> setHeaders(String value, RequestInfo requestInfo, int seconds) {
    return setHeaders(value, requestInfo, "; Max-Age=" + seconds);
  }

  /** Returns the values of the {@code Set-Cookie} headers that remove the cookie. */
  public List<String> removalHeaders(RequestInfo requestInfo) {
    return setHeaders("", requestInfo, 0);
  }

  private List<String> setHeaders(String value, RequestInfo requestInfo, String age) {
    String cookie = setCookie(name(requestInfo), value, path(requestInfo), requestInfo) + age;
    if (!hasProof(requestInfo)) {
      return List.of(cookie);
    }
    String proof = value.isEmpty() ? "" : proof(value);
    return List.of(cookie, setCookie(proofName(requestInfo), proof, "/", requestInfo) + age);
  }

  private String setCookie(String cookieName, String value, String path, RequestInfo requestInfo) {
    return cookieName
        + '='
        + value
        + "; Path="
        + path
        + "; HttpOnly; SameSite=Lax"
        + (isSecure(requestInfo) ? "; Secure" : "");
  }

  private String name(RequestInfo requestInfo) {
    if (!isSecure(requestInfo)) {
      return name;
    }
    return (path(requestInfo).equals("/") ? "__Host-" : "__Secure-") + name;
  }

  private boolean hasProof(RequestInfo requestInfo) {
    return isSecure(requestInfo) && !path(requestInfo).equals("/");
  }

  /**
   * Returns the name of the cookie that contains the digest. The name contains the context path.
   * Without the context path, two applications of one host would use the same cookie, because the
   * path of these cookies is always {@code /}. In the name, a slash becomes a dot, and each other
   * special character becomes an underscore and its code point in hexadecimal.
   */
  private String proofName(RequestInfo requestInfo) {
    String path =
        SPECIAL_CHARACTER
            .matcher(path(requestInfo))
            .replaceAll(
                special ->
                    special.group().equals("/")
                        ? "."
                        : "_%06x".formatted(special.group().codePointAt(0)));
    return "__Host-" + name + "-proof" + path;
  }

  private static boolean isProof(String proof, String value) {
    return MessageDigest.isEqual(
        proof.getBytes(StandardCharsets.UTF_8), proof(value).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the digest of a cookie value. Other applications of the host receive this digest.
   * Therefore this digest must differ from the digest of a session key in the store.
   */
  private static String proof(String value) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Text.sha256("access-tokens cookie " + value));
  }

  private boolean isSecure(RequestInfo requestInfo) {
    return requestInfo.secure()
        || (publicUrl != null && "https".equalsIgnoreCase(publicUrl.getScheme()));
  }

  private String path(RequestInfo requestInfo) {
    String root = root(publicUrl, requestInfo);
    return root.isEmpty() ? "/" : root;
  }

  /**
   * Returns the prefix of all paths of the application, as browsers see it, without a slash at the
   * end. Returns an empty string if the application has the path {@code /}.
   */
  public static String root(@Nullable URI publicUrl, RequestInfo requestInfo) {
    return publicUrl == null
        ? requestInfo.contextPath()
        : Optional.ofNullable(publicUrl.getRawPath()).orElse("");
  }
}
