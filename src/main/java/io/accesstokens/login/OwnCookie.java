package io.accesstokens.login;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cookie of this application (RFC 6265bis): {@code HttpOnly}, {@code SameSite=Lax}, for the
 * application's path alone. Where callers come over TLS it is {@code Secure}, and has a name with
 * which browsers take it from this very host only ({@code __Host-}, or {@code __Secure-} below a
 * path), so that no neighbouring site can plant one.
 */
final class OwnCookie {

  /** Applications on other paths of the host may have cookies of this name, too. */
  private static final int MOST_TRIED = 4;

  private final String name;
  private final @Nullable URI publicUrl;

  /**
   * @param publicUrl the address under which browsers know this service, or null: then the request
   *     says it
   */
  OwnCookie(String name, @Nullable URI publicUrl) {
    this.name = name;
    this.publicUrl = publicUrl;
  }

  /** The values that a request shows, in its order. */
  List<String> values(Client client) {
    String start = name(client) + '=';
    return client.header("Cookie").stream()
        .flatMap(header -> Stream.of(header.split(";")))
        .map(String::strip)
        .filter(pair -> pair.startsWith(start))
        .map(pair -> pair.substring(start.length()))
        .limit(MOST_TRIED)
        .toList();
  }

  /**
   * The {@code Set-Cookie} that gives a browser a value, until the browser ends.
   *
   * @param value letters, digits, hyphens, underscores and dots
   */
  String give(String value, Client client) {
    return name(client)
        + '='
        + value
        + "; Path="
        + path(client)
        + "; HttpOnly; SameSite=Lax"
        + (isSecure(client) ? "; Secure" : "");
  }

  /** The same for a time. */
  String give(String value, Client client, int seconds) {
    return give(value, client) + "; Max-Age=" + seconds;
  }

  /** The {@code Set-Cookie} that takes it away. */
  String take(Client client) {
    return give("", client, 0);
  }

  private String name(Client client) {
    if (!isSecure(client)) {
      return name;
    }
    return (path(client).equals("/") ? "__Host-" : "__Secure-") + name;
  }

  private boolean isSecure(Client client) {
    return client.secure()
        || (publicUrl != null && "https".equalsIgnoreCase(publicUrl.getScheme()));
  }

  private String path(Client client) {
    String root = root(publicUrl, client);
    return root.isEmpty() ? "/" : root;
  }

  /** What precedes every path of the application as browsers see it, without a slash at its end. */
  static String root(@Nullable URI publicUrl, Client client) {
    return publicUrl == null
        ? client.contextPath()
        : Optional.ofNullable(publicUrl.getRawPath()).orElse("");
  }
}
