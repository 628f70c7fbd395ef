package io.accesstokens.login;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.accesstokens.auth.remote.BoundedHttpClient;
import io.accesstokens.verify.limit.FailureReason;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the published keys of an issuer. Each call sends one GET request, without a cache.
 * Redirects are not followed. The client limits the size of the response. The response must arrive
 * within the timeout.
 */
public final class PublishedKeys implements JWKSetSource<SecurityContext> {

  /** Minimum length of an RSA key, in bits. */
  private static final int MIN_RSA_BITS = 2_048;

  private final Logger log;
  private final String issuer;
  private final URI address;
  private final Duration timeout;
  private final BoundedHttpClient client;
  private volatile boolean readable;
  private volatile @Nullable LastRead last;
  private volatile int ignored;
  private final AtomicBoolean failing = new AtomicBoolean();

  /**
   * The keys of a successful read, and the time of this read in nanoseconds of {@link
   * System#nanoTime}.
   */
  private record LastRead(JWKSet keys, long nanos) {}

  /**
   * Creates a source. Reads nothing yet.
   *
   * @param log the logger for failed reads and for ignored keys
   * @param issuer the name of the issuer in log lines
   * @param address the URL of the key set
   * @param timeout the maximum time to read the key set
   */
  public PublishedKeys(
      Logger log, String issuer, URI address, Duration timeout, BoundedHttpClient client) {
    this.log = log;
    this.issuer = issuer;
    this.address = address;
    this.timeout = timeout;
    this.client = client;
  }

  /** Returns true if the last attempt to read the keys succeeded. */
  public boolean wereReadable() {
    return readable;
  }

  /**
   * Returns the keys of the last successful read, without reading them again.
   *
   * @return empty if no read has succeeded within {@code maxAge}
   */
  public Optional<JWKSet> lastRead(Duration maxAge) {
    return Optional.ofNullable(last)
        .filter(read -> System.nanoTime() - read.nanos() < maxAge.toNanos())
        .map(LastRead::keys);
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator evaluator, long currentTime, @Nullable SecurityContext context)
      throws JWKSetUnavailableException {
    try {
      JWKSet keys = parse(read(), this::reportIgnored);
      last = new LastRead(keys, System.nanoTime());
      readable = true;
      if (failing.getAndSet(false)) {
        log.log(Level.INFO, "recovered: the keys of the issuer {0} are read", issuer);
      }
      return keys;
    } catch (IOException e) {
      throw unavailable(e);
    } catch (ParseException e) {
      throw unavailable(new IOException("the response is not a key set"));
    }
  }

  /**
   * Parses a JWK set (RFC 7517, section 5). Ignores each key that is malformed or has an
   * unsupported type, curve or value, as the RFC recommends. One such key must not make the other
   * keys unusable. Also ignores RSA keys that are too short (RFC 7518, section 3.3).
   *
   * @param ignored receives the number of ignored keys
   * @throws ParseException if the text is not a JSON object with an array {@code keys}
   */
  public static JWKSet parse(String text, IntConsumer ignored) throws ParseException {
    List<Object> elements;
    try {
      elements = JSONObjectUtils.getJSONArray(JSONObjectUtils.parse(text), "keys");
    } catch (RuntimeException e) {
      // For some texts, such as null, the library throws another exception.
      throw new ParseException(String.valueOf(e.getMessage()), 0);
    }
    if (elements == null) {
      throw new ParseException("the member keys is missing", 0);
    }
    List<JWK> keys = new ArrayList<>();
    for (Object element : elements) {
      try {
        JWKSet.parse(Map.of("keys", List.of(element))).getKeys().stream()
            .filter(PublishedKeys::isLongEnough)
            .forEach(keys::add);
      } catch (ParseException | RuntimeException e) {
        // Ignored. The message of the exception may contain a part of the key.
      }
    }
    ignored.accept(elements.size() - keys.size());
    return new JWKSet(keys);
  }

  private static boolean isLongEnough(JWK key) {
    return !(key instanceof RSAKey) || key.size() >= MIN_RSA_BITS;
  }

  /** Logs the number of ignored keys, if it differs from the number at the last read. */
  private void reportIgnored(int count) {
    if (count == ignored) {
      return;
    }
    ignored = count;
    log.log(
        Level.INFO,
        count == 0
            ? "no key of the issuer {0} is ignored now"
            : "ignored {1} keys of the issuer {0}, because they are malformed, too short or not"
                + " supported",
        issuer,
        String.valueOf(count));
  }

  private JWKSetUnavailableException unavailable(IOException e) {
    readable = false;
    failing.set(true);
    String message = "the keys of the issuer " + issuer + " cannot be read";
    log.log(Level.WARNING, "{0}: {1}", message, e.getMessage());
    return new JWKSetUnavailableException(message, e);
  }

  private String read() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("Accept", "application/jwk-set+json, application/json")
            .build();
    try {
      HttpResponse<byte[]> response = send(request);
      if (response.statusCode() != 200) {
        throw new IOException("the response has status " + response.statusCode());
      }
      return new String(response.body(), StandardCharsets.UTF_8);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is stopping", e);
    }
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    try {
      return client.send(request, timeout);
    } catch (BoundedHttpClient.TooLongException | BoundedHttpClient.NotSentException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(FailureReason.of(e), e);
    }
  }

  @Override
  public void close() {
    // Nothing to close: the client belongs to the caller.
  }
}
