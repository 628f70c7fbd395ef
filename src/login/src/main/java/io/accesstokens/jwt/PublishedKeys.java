package io.accesstokens.jwt;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads an issuer's keys each time it is asked: one GET, no redirects, within the issuer's
 * time-out, of at most {@value #MAX_BYTES} bytes.
 */
final class PublishedKeys implements JWKSetSource<SecurityContext> {

  /** Some hundreds of keys, such as those of an issuer with many replicas that change theirs. */
  static final int MAX_BYTES = 256 * 1024;

  private static final Logger LOG = System.getLogger(PublishedKeys.class.getPackageName());

  private final TrustedIssuer issuer;
  private final HttpClient client;
  private final ExecutorService executor;
  private volatile boolean readable;

  /**
   * @param executor makes the requests, one thread each
   */
  PublishedKeys(TrustedIssuer issuer, HttpClient client, ExecutorService executor) {
    this.issuer = issuer;
    this.client = client;
    this.executor = executor;
  }

  /** Whether they could be read when that was last tried. */
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
      throw unavailable(new IOException("the answer is no set of keys"));
    }
  }

  /** Returns the keys of a text (RFC 7517, section 5). */
  static JWKSet parse(String text) throws ParseException {
    return JWKSet.parse(text);
  }

  private JWKSetUnavailableException unavailable(IOException e) {
    readable = false;
    String message = "the keys of the issuer " + issuer.issuer() + " cannot be read";
    LOG.log(Level.WARNING, "{0}: {1}", message, String.valueOf(e.getMessage()));
    return new JWKSetUnavailableException(message, e);
  }

  /** The client's own time-out ends with the headers; a body that trickles would outlast it. */
  private String read() throws IOException {
    Future<String> answer;
    try {
      answer = executor.submit(this::exchange);
    } catch (RejectedExecutionException e) {
      throw new IOException("the server is stopping", e);
    }
    try {
      return answer.get(issuer.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no whole answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is stopping", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause
          ? new IOException(described(cause), cause)
          : new IOException("the request failed", e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  /** The JDK has no message for some failures to connect. */
  private static String described(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private String exchange() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(issuer.keys())
            .header("Accept", "application/jwk-set+json, application/json")
            .timeout(issuer.timeout())
            .build();
    HttpResponse<InputStream> answer =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      if (answer.statusCode() != 200) {
        throw new IOException("the answer has status " + answer.statusCode());
      }
      byte[] bytes = body.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("the answer is longer than " + MAX_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    // Client and executor are those of all issuers.
  }
}
