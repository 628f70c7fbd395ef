package io.accesstokens.login.password;

import io.accesstokens.verify.IpAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The users of the sample, whose password is their name. The passwords are public, so they are
 * accepted only for a connection that never leaves the machine.
 *
 * <p>The rule applies to the credential, not to the file. It also applies to another users file in
 * which {@code alice} still has the password {@code alice}.
 */
public final class SamplePeople {

  /** The usernames of the sample. Each is also the password. */
  public static final List<String> USERNAMES = List.of("alice", "bob", "carol", "dave");

  /**
   * Names below {@code localhost}. Browsers never resolve them through DNS (RFC 6761, section 6.3).
   */
  private static final Pattern BELOW_LOCALHOST =
      Pattern.compile("(?:[A-Za-z0-9_-]++\\.)++localhost", Pattern.CASE_INSENSITIVE);

  /** Headers that proxies add, in lower case, besides {@code X-Forwarded-*}. */
  private static final Set<String> FORWARDED = Set.of("forwarded", "via", "x-real-ip");

  private SamplePeople() {}

  /**
   * Returns true if one of the sample's credentials is valid. It computes up to four hashes, so
   * call it rarely.
   */
  public static boolean anyWorks(UsersFile people) {
    return USERNAMES.stream()
        .anyMatch(
            name ->
                people
                    .find(name)
                    .filter(person -> person.password().matches(name.toCharArray()))
                    .isPresent());
  }

  /** Returns true if this is a credential of the sample. */
  static boolean isSample(String username, char[] password) {
    // Compare the normalized forms, because the verification uses them. Otherwise another spelling
    // would pass.
    String name = UsersFile.canonical(username);
    try (PreparedPassword prepared = PreparedPassword.of(password).orElse(null)) {
      return prepared != null
          && USERNAMES.contains(name)
          && Arrays.equals(name.toCharArray(), prepared.characters());
    }
  }

  /**
   * Returns true if a request came from this machine to this machine and no header shows that it
   * was forwarded. The host in the request must be this machine as well. This prevents DNS
   * rebinding: a page of another site whose name resolves to a loopback address has the same origin
   * to a browser. It could sign in with the public passwords. The method does no DNS look-up.
   *
   * <p>Requests of HTTP/1.0 are rejected as well. Browsers and curl do not send them. By default,
   * many versions of nginx send them without a header that shows the forwarding.
   *
   * @param request the request; null outside a servlet container, where nothing is known about the
   *     client and the result is false
   */
  static boolean isLocal(
      @Nullable HttpServletRequest request, Map<String, List<String>> requestHeaders) {
    return request != null
        && !"HTTP/1.0".equals(request.getProtocol())
        && isLoopback(request.getRemoteAddr())
        && isLoopback(request.getLocalAddr())
        && isLoopbackName(request.getServerName())
        && requestHeaders.entrySet().stream().allMatch(SamplePeople::isOfLocalRequest);
  }

  /**
   * Returns true if a header can belong to a local request. The container derives the server name
   * from the request line or from one {@code Host} header. All {@code Host} headers are checked,
   * because containers differ in which one they use.
   */
  private static boolean isOfLocalRequest(Map.Entry<String, List<String>> header) {
    String name = header.getKey().toLowerCase(Locale.ROOT);
    if (name.equals("host")) {
      return header.getValue().stream().allMatch(SamplePeople::isLoopbackAuthority);
    }
    return !FORWARDED.contains(name) && !name.startsWith("x-forwarded-");
  }

  /**
   * Returns true if the host is this machine. A request without a host name does not come from a
   * browser.
   */
  private static boolean isLoopbackName(@Nullable String host) {
    return host == null
        || host.isEmpty()
        || IpAddress.isLoopbackHost(host)
        || BELOW_LOCALHOST.matcher(host).matches();
  }

  /** Parses {@code host [":" port]} (RFC 9110, section 7.2). The port may be empty. */
  private static boolean isLoopbackAuthority(String tokenService) {
    String text = tokenService.strip();
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
