package io.accesstokens.jwt;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import io.accesstokens.auth.remote.BoundedHttpClient;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the published keys of an issuer. Each call sends one GET request, without a cache.
 * Redirects are not followed. The response has at most {@value #MAX_BYTES} bytes and must arrive
 * within the timeout of the issuer.
 */
final class PublishedKeys implements JWKSetSource<SecurityContext> {

  /**
   * Maximum size of a response, in bytes. A response of this size can contain several hundred keys.
   */
  static final int MAX_BYTES = 256 * 1024;

  private static final Logger LOG = System.getLogger(PublishedKeys.class.getPackageName());

  private final TrustedIssuer issuer;
  private final BoundedHttpClient client;
  private volatile boolean readable;

  PublishedKeys(TrustedIssuer issuer, BoundedHttpClient client) {
    this.issuer = issuer;
    this.client = client;
  }

  /** Returns true if the last attempt to read the keys succeeded. */
  boolean wereReadable() {
    return readable;
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator evaluator, long currentTime, @Nullable SecurityContext context)
      throws JWKSetUnavailableException {
    try {
      JWKSet keys = parse(read());
      readable = true;
      return keys;
    } catch (IOException e) {
      throw unavailable(e);
    } catch (ParseException e) {
      throw unavailable(new IOException("the response is not a key set"));
    }
  }

  /**
   * Parses a JWK set (RFC 7517, section 5).
   *
   * @throws ParseException if the text is not a JWK set. For some texts, such as {@code null}, the
   *     parser of the library throws another exception.
   */
  static JWKSet parse(String text) throws ParseException {
    try {
      return JWKSet.parse(text);
    } catch (RuntimeException e) {
      throw new ParseException(String.valueOf(e.getMessage()), 0);
    }
  }

  private JWKSetUnavailableException unavailable(IOException e) {
    readable = false;
    String message = "the keys of the issuer " + issuer.issuer() + " cannot be read";
    // The JDK has no message for some connection errors.
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    LOG.log(Level.WARNING, "{0}: {1}", message, reason);
    return new JWKSetUnavailableException(message, e);
  }

  private String read() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(issuer.keys())
            .header("Accept", "application/jwk-set+json, application/json")
            .build();
    try {
      HttpResponse<byte[]> response = client.send(request, issuer.timeout());
      if (response.statusCode() != 200) {
        throw new IOException("the response has status " + response.statusCode());
      }
      return new String(response.body(), StandardCharsets.UTF_8);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is stopping", e);
    }
  }

  @Override
  public void close() {
    // Nothing to close: all issuers share the client.
  }
}
