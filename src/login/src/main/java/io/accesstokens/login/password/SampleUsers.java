package io.accesstokens.login.password;

import io.accesstokens.verify.IpAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sample users. The password of each sample user is the username. These passwords are public,
 * so they are accepted only over loopback.
 *
 * <p>This rule also applies outside the sample file. For example, the rule applies to every users
 * file in which {@code alice} has the password {@code alice}.
 */
public final class SampleUsers {

  /** The usernames of the sample users. Each username is also the password of the user. */
  public static final List<String> USERNAMES = List.of("alice", "bob", "carol", "dave");

  /**
   * Matches host names that end with {@code .localhost}. Browsers never look up such names in DNS
   * (RFC 6761, section 6.3).
   */
  private static final Pattern BELOW_LOCALHOST =
      Pattern.compile("(?:[A-Za-z0-9_-]++\\.)++localhost", Pattern.CASE_INSENSITIVE);

  /**
   * Names of headers that proxies add. Proxies also add headers whose name begins with {@value
   * #X_FORWARDED}.
   */
  private static final List<String> FORWARDED = List.of("Forwarded", "Via", "X-Real-IP");

  private static final String X_FORWARDED = "X-Forwarded-";

  private SampleUsers() {}

  /**
   * Returns true if at least one sample user can sign in with the public password in the given
   * users file. This method is expensive, because it computes up to four password hashes.
   */
  public static boolean anyCanSignIn(UsersFile usersFile) {
    return USERNAMES.stream()
        .anyMatch(
            name ->
                usersFile
                    .find(name)
                    .filter(user -> user.password().matches(name.toCharArray()))
                    .isPresent());
  }

  /**
   * Returns true if the username and the password are the credential of a sample user. Every
   * spelling of the username counts, because an LDAP server or a realm can accept it. For example,
   * an LDAP server ignores case.
   */
  static boolean isSample(String username, char[] password) {
    String name = SignInLimit.coarse(username);
    if (!USERNAMES.contains(name)) {
      return false;
    }
    try (PreparedPassword prepared = PreparedPassword.of(password).orElse(null)) {
      return prepared != null && Arrays.equals(name.toCharArray(), prepared.characters());
    }
  }

  /**
   * Returns true if the client address and the server address of a request are loopback addresses,
   * and no header shows that a proxy forwarded the request. The method does no DNS look-up.
   *
   * <p>The host name in the request must also be absent or a loopback name, such as {@code
   * localhost}. This condition prevents DNS rebinding. In that attack, the host name of another
   * site resolves to a loopback address.
   *
   * <p>The result is false for HTTP/1.0 requests. Many versions of nginx forward requests as
   * HTTP/1.0, and add no header that shows a proxy.
   *
   * @param request the request; null outside a servlet container, and the result is then false
   */
  static boolean isLocal(
      @Nullable HttpServletRequest request, Map<String, List<String>> requestHeaders) {
    return request != null
        && !"HTTP/1.0".equals(request.getProtocol())
        && isLoopback(request.getRemoteAddr())
        && isLoopback(request.getLocalAddr())
        && isLoopbackName(request.getServerName())
        && hasOnlyLocalHeaders(requestHeaders);
  }

  private static boolean hasOnlyLocalHeaders(Map<String, List<String>> requestHeaders) {
    for (Map.Entry<String, List<String>> header : requestHeaders.entrySet()) {
      if (!isOfLocalRequest(header.getKey(), header.getValue())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns true if a header is allowed in a local request. The container reads the server name
   * from the request line or from one {@code Host} header. This method checks every {@code Host}
   * header, because different containers read different {@code Host} headers.
   */
  private static boolean isOfLocalRequest(String name, List<String> values) {
    if (name.equalsIgnoreCase("Host")) {
      for (String authority : values) {
        if (!isLoopbackAuthority(authority)) {
          return false;
        }
      }
      return true;
    }
    for (String forwarded : FORWARDED) {
      if (name.equalsIgnoreCase(forwarded)) {
        return false;
      }
    }
    return !name.regionMatches(true, 0, X_FORWARDED, 0, X_FORWARDED.length());
  }

  /**
   * Returns true if the host is {@code localhost}, a name below {@code localhost}, or a loopback
   * address. Also returns true if the host is absent, because a request without a host does not
   * come from a browser.
   */
  private static boolean isLoopbackName(@Nullable String host) {
    return host == null
        || host.isEmpty()
        || IpAddress.isLoopbackHost(host)
        || BELOW_LOCALHOST.matcher(host).matches();
  }

  /**
   * Returns true if the value of a {@code Host} header is empty or names a host that {@link
   * #isLoopbackName} accepts. The form of the value is {@code host [":" port]} (RFC 9110, section
   * 7.2), and the port may be empty.
   */
  private static boolean isLoopbackAuthority(String authority) {
    String text = authority.strip();
    int colon = text.lastIndexOf(':');
    if (colon <= text.lastIndexOf(']')) {
      return isLoopbackName(text);
    }
    String host = text.substring(0, colon);
    return text.substring(colon + 1).chars().allMatch(c -> c >= '0' && c <= '9')
        && (host.startsWith("[") || host.indexOf(':') < 0)
        && !host.isEmpty()
        && isLoopbackName(host);
  }

  static boolean isLoopback(@Nullable String address) {
    return address != null && IpAddress.parse(address).filter(IpAddress::isLoopback).isPresent();
  }
}
