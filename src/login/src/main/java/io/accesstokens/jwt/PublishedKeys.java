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
 * Reads the keys of an issuer at each call. A read is one GET without redirects, of at most {@value
 * #MAX_BYTES} bytes, within the timeout of the issuer.
 */
final class PublishedKeys implements JWKSetSource<SecurityContext> {

  /**
   * The maximum response size. It holds some hundreds of keys, as published by an issuer with many
   * replicas that rotate their keys.
   */
  static final int MAX_BYTES = 256 * 1024;

  private static final Logger LOG = System.getLogger(PublishedKeys.class.getPackageName());

  private final TrustedIssuer issuer;
  private final HttpClient client;
  private final ExecutorService executor;
  private volatile boolean readable;

  /**
   * Creates a source of keys.
   *
   * @param executor runs the requests, one thread each
   */
  PublishedKeys(TrustedIssuer issuer, HttpClient client, ExecutorService executor) {
    this.issuer = issuer;
    this.client = client;
    this.executor = executor;
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
      throw unavailable(new IOException("the answer is no set of keys"));
    }
  }

  /** Parses a JWK set (RFC 7517, section 5). */
  static JWKSet parse(String text) throws ParseException {
    return JWKSet.parse(text);
  }

  private JWKSetUnavailableException unavailable(IOException e) {
    readable = false;
    String message = "the keys of the issuer " + issuer.issuer() + " cannot be read";
    LOG.log(Level.WARNING, "{0}: {1}", message, String.valueOf(e.getMessage()));
    return new JWKSetUnavailableException(message, e);
  }

  /**
   * Reads the keys with a deadline for the whole response. The timeout of the client covers only
   * the headers, so a body that arrives slowly would exceed it.
   */
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

  /** Returns a description of an error. The JDK has no message for some connection errors. */
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
    // Nothing to close: all issuers share the client and the executor.
  }
}
