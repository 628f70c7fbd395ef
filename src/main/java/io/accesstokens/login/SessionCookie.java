package io.accesstokens.login;

import io.accesstokens.session.SessionKey;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The cookie that holds a session's key (RFC 6265bis): {@code HttpOnly}, {@code SameSite=Lax}, for
 * the application's path alone, gone when the browser ends. Where callers come over TLS it is
 * {@code Secure}, and has a name with which browsers take it from this very host only ({@code
 * __Host-}, or {@code __Secure-} below a path), so that no neighbouring site can plant one.
 */
public final class SessionCookie {

  private static final String NAME = "access-tokens-session";

  /** Applications on other paths of the host may have cookies of this name, too. */
  private static final int MOST_TRIED = 4;

  private final @Nullable URI publicUrl;

  /**
   * @param publicUrl the address under which browsers know this service, or null: then the request
   *     says it
   */
  public SessionCookie(@Nullable URI publicUrl) {
    this.publicUrl = publicUrl;
  }

  /** The keys that a request shows, in its order. */
  List<SessionKey> read(Client client) {
    return values(client, name(NAME, client))
        .flatMap(value -> SessionKey.parse(value).stream())
        .limit(MOST_TRIED)
        .toList();
  }

  /** The value of {@code Set-Cookie} that gives a browser a key. */
  String give(SessionKey key, Client client) {
    return cookie(NAME, key.reveal(), client);
  }

  /** The value of {@code Set-Cookie} that takes it away. */
  String take(Client client) {
    return cookie(NAME, "", client) + "; Max-Age=0";
  }

  private static Stream<String> values(Client client, String name) {
    return client.header("Cookie").stream()
        .flatMap(header -> Stream.of(header.split(";")))
        .map(String::strip)
        .filter(pair -> pair.startsWith(name + '='))
        .map(pair -> pair.substring(name.length() + 1));
  }

  private String cookie(String name, String value, Client client) {
    return name(name, client)
        + '='
        + value
        + "; Path="
        + path(client)
        + "; HttpOnly; SameSite=Lax"
        + (isSecure(client) ? "; Secure" : "");
  }

  private String name(String name, Client client) {
    if (!isSecure(client)) {
      return name;
    }
    return (path(client).equals("/") ? "__Host-" : "__Secure-") + name;
  }

  private boolean isSecure(Client client) {
    return client.secure() || (publicUrl != null && "https".equals(publicUrl.getScheme()));
  }

  /** The application's root as browsers see it. */
  private String path(Client client) {
    String path = root(client);
    return path.isEmpty() ? "/" : path;
  }

  /** The same, without a slash at its end. */
  String root(Client client) {
    return publicUrl == null
        ? client.contextPath()
        : Optional.ofNullable(publicUrl.getRawPath()).orElse("");
  }
}
