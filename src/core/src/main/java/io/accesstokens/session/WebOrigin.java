package io.accesstokens.session;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The origin of a web page (RFC 6454, section 4).
 *
 * @param scheme the scheme, in lower case
 * @param host the host, in lower case; an IPv6 address is in brackets. The host is ASCII only,
 *     because a browser sends an internationalized name in its ASCII form ({@code xn--…})
 * @param port the port. If the origin contains no port, this is 80 for {@code http}, 443 for {@code
 *     https}, and -1 for other schemes
 */
public record WebOrigin(String scheme, String host, int port) {

  private static final int MAX_PORT = 65_535;

  private static final Pattern FORM =
      Pattern.compile(
          "([A-Za-z][A-Za-z0-9+.-]{0,30})://([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])"
              + "(?::([0-9]{1,5}))?");

  /**
   * Parses an {@code Origin} header of a browser.
   *
   * @return empty if the text is not exactly one origin. The text {@code null} is not an origin
   */
  public static Optional<WebOrigin> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    String scheme = form.group(1).toLowerCase(Locale.ROOT);
    String host = form.group(2).toLowerCase(Locale.ROOT);
    int port = form.group(3) == null ? usualPort(scheme) : Integer.parseInt(form.group(3));
    return port > MAX_PORT ? Optional.empty() : Optional.of(new WebOrigin(scheme, host, port));
  }

  public static Optional<WebOrigin> of(URI uri) {
    return uri.getScheme() == null || uri.getRawAuthority() == null
        ? Optional.empty()
        : parse(uri.getScheme() + "://" + uri.getRawAuthority());
  }

  /**
   * Returns true if the scheme is {@code http} or {@code https}. Other schemes belong to browser
   * extensions and desktop applications.
   */
  public boolean isHttp() {
    return scheme.equals("http") || scheme.equals("https");
  }

  private static int usualPort(String scheme) {
    return switch (scheme) {
      case "http" -> 80;
      case "https" -> 443;
      default -> -1;
    };
  }

  /**
   * Returns the origin in the form that browsers send (RFC 6454, section 6.2); at most 300
   * characters.
   */
  @Override
  public String toString() {
    return scheme + "://" + host + (port == usualPort(scheme) ? "" : ":" + port);
  }
}
