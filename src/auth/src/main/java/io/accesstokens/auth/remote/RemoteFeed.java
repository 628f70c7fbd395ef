package io.accesstokens.auth.remote;

import io.accesstokens.auth.RemoteListener;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.VerificationUnavailableException;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URI;
import java.net.http.HttpRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the change feed from the service: {@code GET {service}/api/access-tokens/changes}. Each
 * request has a nonce, and the response must contain the same nonce. This check rejects a response
 * from the cache of a proxy.
 */
final class RemoteFeed implements ChangeFeed {

  /**
   * Maximum length of a lease in a valid response, in milliseconds. The service never grants a
   * longer lease.
   */
  private static final long MAX_LEASE_MILLIS = 60_000;

  private static final int NONCE_BYTES = 16;
  private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2}){1,32}");

  private final RemoteServiceClient service;
  private final URI changes;
  private final RemoteListener listener;
  private final SecureRandom random = new SecureRandom();
  private volatile boolean withheld;

  RemoteFeed(RemoteServiceClient service, URI changes, RemoteListener listener) {
    this.service = service;
    this.changes = changes;
    this.listener = listener;
  }

  /** Returns true if the last valid page of the service was complete and granted no lease. */
  boolean isWithheld() {
    return withheld;
  }

  @Override
  public Page read(@Nullable Position after) {
    long begun = System.nanoTime();
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    String nonce = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    String query = "?nonce=" + nonce + (after == null ? "" : "&after=" + after.text());
    try {
      Page page =
          service.request(
              HttpRequest.newBuilder(URI.create(changes + query)).GET(),
              changes,
              response -> page(response, nonce));
      withheld = page.complete() && page.lease().isZero();
      listener.polled(Duration.ofNanos(System.nanoTime() - begun), page.lease());
      return page;
    } catch (VerificationUnavailableException e) {
      listener.pollFailed(Duration.ofNanos(System.nanoTime() - begun));
      throw e;
    }
  }

  /**
   * Returns the page of the feed in a response.
   *
   * @param nonce the nonce of the request, which the response must contain
   * @throws RuntimeException of any kind if the response is not in the service's format
   */
  static Page page(JsonObject response, String nonce) {
    if (!response.getString("nonce").equals(nonce)) {
      throw new IllegalArgumentException(
          "the response belongs to another request: a proxy between verifier and service"
              + " caches responses");
    }
    long lease = response.getJsonNumber("leaseMillis").longValueExact();
    if (lease < 0 || lease > MAX_LEASE_MILLIS) {
      throw new IllegalArgumentException("leaseMillis must be 0 to " + MAX_LEASE_MILLIS);
    }
    List<Entry> entries =
        response.getJsonArray("entries").stream()
            .map(JsonValue::asJsonObject)
            .map(RemoteFeed::entry)
            .toList();
    return new Page(
        response.getJsonNumber("lastNumber").longValueExact(),
        text(response, "nonceAtPosition").map(RemoteFeed::entryNonce),
        entries,
        response.getBoolean("complete"),
        response.getString("server"),
        lease == 0 && !response.containsKey("databaseTime")
            ? Instant.EPOCH
            : Instant.parse(response.getString("databaseTime")),
        Duration.ofMillis(lease),
        lease == 0
            ? text(response, "withheld").or(() -> Optional.of("the service grants no lease"))
            : Optional.empty());
  }

  private static Entry entry(JsonObject entry) {
    return new Entry(
        entry.getJsonNumber("number").longValueExact(),
        entryNonce(entry.getString("nonce")),
        TokenDigest.of(HexFormat.of().parseHex(entry.getString("digest"))),
        entry.getString("kind"));
  }

  private static EntryNonce entryNonce(String hex) {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("a nonce is malformed");
    }
    return new EntryNonce(hex);
  }

  private static Optional<String> text(JsonObject response, String name) {
    return response.containsKey(name) ? Optional.of(response.getString(name)) : Optional.empty();
  }

  @Override
  public void close() {
    // The HTTP client owns the connections.
  }
}
