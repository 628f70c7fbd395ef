package io.accesstokens.app.outbound;

import io.accesstokens.verify.IpAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** Parses the URLs of systems that the service calls. */
public final class TargetUrl {

  private TargetUrl() {}

  /**
   * Parses a URL.
   *
   * @return the URL; empty if the text is not an http or https URL with a host, or if it has a
   *     user, a fragment or an invalid port
   */
  public static Optional<URI> parse(String text) {
    URI url;
    try {
      url = new URI(text.strip());
    } catch (URISyntaxException e) {
      return Optional.empty(); // the message of the exception repeats the text
    }
    return (isHttps(url) || "http".equalsIgnoreCase(url.getScheme()))
            && url.getHost() != null
            && url.getRawUserInfo() == null
            && url.getRawFragment() == null
            && url.getPort() <= 65_535
        ? Optional.of(url)
        : Optional.empty();
  }

  /** Parses a URL as {@link #parse} does. Returns empty for an http URL of another machine. */
  public static Optional<URI> parseEncryptedOrLocal(String text) {
    return parse(text).filter(url -> isHttps(url) || IpAddress.isLoopbackHost(url.getHost()));
  }

  private static boolean isHttps(URI url) {
    return "https".equalsIgnoreCase(url.getScheme());
  }
}
