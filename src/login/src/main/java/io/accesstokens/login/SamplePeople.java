package io.accesstokens.login;

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
 * The people of the sample, whose password is their name: known to everybody, so good for a
 * connection that never leaves the machine, and for nothing else.
 *
 * <p>What counts is the credential, not the file: somebody's own people file in which {@code alice}
 * still has the password {@code alice} is treated the same.
 */
public final class SamplePeople {

  /** Their usernames, each of which is the password, too. */
  public static final List<String> USERNAMES = List.of("alice", "bob", "carol", "dave");

  /** Browsers never look these names up (RFC 6761, section 6.3). */
  private static final Pattern BELOW_LOCALHOST =
      Pattern.compile("(?:[A-Za-z0-9_-]++\\.)++localhost", Pattern.CASE_INSENSITIVE);

  /** Headers that proxies add, in lower case, besides {@code X-Forwarded-*}. */
  private static final Set<String> FORWARDED = Set.of("forwarded", "via", "x-real-ip");

  private SamplePeople() {}

  /**
   * Whether one of the sample's credentials is good. Costs up to four hashes: ask only where the
   * answer matters.
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

  /** Whether this is a credential of the sample. */
  static boolean isSample(String username, char[] password) {
    // Compared as they are checked, so that no other spelling of the same goes through.
    String name = UsersFile.canonical(username);
    try (PreparedPassword prepared = PreparedPassword.of(password).orElse(null)) {
      return prepared != null
          && USERNAMES.contains(name)
          && Arrays.equals(name.toCharArray(), prepared.characters());
    }
  }

  /**
   * Returns true if a request came from this machine to this machine, and no header says that it
   * was forwarded. The host that it names must be this machine as well. Otherwise a page of another
   * site, whose name resolves to a loopback address (DNS rebinding), has the same origin to a
   * browser and can sign in with the public passwords. Nothing is looked up.
   *
   * <p>Requests of HTTP/1.0 are refused as well. Browsers and curl do not send them, but nginx does
   * by default in many versions, without a header that says that it forwards.
   *
   * @param request null if it did not come through a servlet container; then nothing is known about
   *     it, and the result is false
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
   * The container derives the server's name from the request line or from one {@code Host} header.
   * Each {@code Host} header is checked as well, because containers differ in which of them counts.
   */
  private static boolean isOfLocalRequest(Map.Entry<String, List<String>> header) {
    String name = header.getKey().toLowerCase(Locale.ROOT);
    if (name.equals("host")) {
      return header.getValue().stream().allMatch(SamplePeople::isLoopbackAuthority);
    }
    return !FORWARDED.contains(name) && !name.startsWith("x-forwarded-");
  }

  /** A request without a name comes from no browser. */
  private static boolean isLoopbackName(@Nullable String host) {
    return host == null
        || host.isEmpty()
        || IpAddress.isLoopbackHost(host)
        || BELOW_LOCALHOST.matcher(host).matches();
  }

  /** Reads {@code host [":" port]} (RFC 9110, section 7.2); the port may be empty. */
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
