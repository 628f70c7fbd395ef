package io.accesstokens.login;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
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

  /** Only what can be an address: a name must not cause a look-up. */
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F.:]+(%[0-9A-Za-z]+)?");

  private SamplePeople() {}

  /**
   * Whether one of the sample's credentials is good. Costs up to four hashes: ask only where the
   * answer matters.
   */
  public static boolean anyWorks(PeopleFile people) {
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
    String name = PeopleFile.canonical(username);
    try (PreparedPassword prepared = PreparedPassword.of(password).orElse(null)) {
      return prepared != null
          && USERNAMES.contains(name)
          && Arrays.equals(name.toCharArray(), prepared.characters());
    }
  }

  /**
   * Whether a request came from this machine to this machine, and nobody says to have passed it on.
   * The host that it names must be this machine, too: a page of another site whose name has been
   * made to mean this address (DNS rebinding) is of the own origin to a browser, and would sign in
   * with passwords that everybody knows.
   *
   * @param request null if it did not come through a servlet container: then nothing is known of
   *     it, and the answer is no
   */
  static boolean isLocal(@Nullable HttpServletRequest request, Collection<String> headerNames) {
    return request != null
        && isLoopback(request.getRemoteAddr())
        && isLoopback(request.getLocalAddr())
        && isLoopbackName(request.getServerName())
        && headerNames.stream().noneMatch(SamplePeople::tellsOfProxy);
  }

  /** Without any name it is no browser's. */
  private static boolean isLoopbackName(@Nullable String host) {
    if (host == null || host.isEmpty()) {
      return true;
    }
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.endsWith(".localhost") // RFC 6761, section 6.3
        || isLoopback(name.replaceFirst("^\\[(.*)]$", "$1"));
  }

  private static boolean tellsOfProxy(String headerName) {
    String name = headerName.toLowerCase(Locale.ROOT);
    return name.equals("forwarded") || name.startsWith("x-forwarded-");
  }

  static boolean isLoopback(@Nullable String address) {
    if (address == null || !ADDRESS.matcher(address).matches()) {
      return false;
    }
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
