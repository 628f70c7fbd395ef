package io.accesstokens.auth;

import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.FeedFollower;
import io.accesstokens.verify.IpAddress;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.MachineClock;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenFacts;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Checks raw tokens of an access-tokens service that runs elsewhere: each is introspected there
 * once (RFC 7662), and from then on checked in memory, until a change of its verdict is heard of.
 * The promise of the service holds here as well: once a revocation is answered, no request that
 * begins later is accepted.
 *
 * <p>For that, a thread of its own reads the changes of verdicts from the service, {@code GET
 * {service}/api/access-tokens/changes}, and with them a lease: for how long what is known may be
 * relied on, counted from before the request was sent. Past it nothing is accepted before the
 * changes were read again. Where the service grants no lease, each token is introspected each time.
 *
 * <p>It fails closed: no connection, no whole answer in time, a redirect (which is never followed),
 * another status than 200, a page of some proxy or an answer that it kept, an answer that is too
 * long, or a credential of this verifier that is not accepted, all that is a {@link
 * VerificationUnavailableException}. Trouble with the changes is logged once when it begins and
 * once when it ends, by the logger of {@link FeedFollower}.
 *
 * <p>A request whose connection fails is sent once more, over a new connection, within the same
 * time. Raw tokens leave this process over TLS only, unless the service is on a loopback address or
 * plain HTTP is allowed by name. Make one for an application, and close it with the application.
 */
public final class RemoteTokenVerifier implements TokenVerifier, AutoCloseable {

  /** The service does not say why a token is not good. */
  private static final Verification UNKNOWN =
      new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty());

  /** How many tokens are introspected at the same time at most. */
  private static final int CONCURRENT_LOADS = 32;

  /** What a lease is expected to be until the service has said so. */
  private static final Lease.Terms TERMS = Lease.Terms.of(Duration.ofMillis(500), Duration.ZERO);

  private final URI introspect;
  private final TokenService service;
  private final RemoteListener listener;
  private final RemoteFeed feed;
  private final FeedFollower follower;
  private final CachedTokenVerifier cache;

  private RemoteTokenVerifier(Builder builder) {
    this.introspect = builder.path("/api/access-tokens/introspect");
    this.listener = new SafeVerificationListener(builder.listener);
    Optional<SSLContext> sslContext = Optional.ofNullable(builder.sslContext);
    this.service =
        new TokenService(
            new RemoteConnections(builder.connectTimeout, builder.timeout, sslContext),
            builder.credential);
    this.feed =
        new RemoteFeed(
            new TokenService(
                new RemoteConnections(builder.connectTimeout, builder.pollTimeout(), sslContext),
                builder.credential),
            builder.path("/api/access-tokens/changes"),
            listener);
    Lease lease = new Lease(TERMS, MachineClock.SYSTEM);
    this.cache =
        new CachedTokenVerifier(
            this::find,
            lease,
            MachineClock.SYSTEM,
            new CachedTokenVerifier.Limits(builder.ttl, builder.maximumEntries, CONCURRENT_LOADS));
    this.follower = new FeedFollower(feed, lease, cache, MachineClock.SYSTEM).start();
  }

  /**
   * Begins with the defaults.
   *
   * @param service where it is, {@code https://tokens.example.com} or {@code
   *     https://apps.example.com/access-tokens}
   * @param credential what this application authenticates itself with; asked before each request,
   *     so that it can be rotated
   */
  public static Builder builder(URI service, Supplier<VerifierCredential> credential) {
    return new Builder(service, credential);
  }

  @Override
  public Verification check(RawToken token) {
    listener.checked();
    if (feed.isWithheld()) {
      return anew(token);
    }
    try {
      return cache.check(token);
    } catch (VerificationUnavailableException e) {
      if (feed.isWithheld()) {
        return anew(token);
      }
      throw e;
    }
  }

  /** What the service says now is true now, as it keeps to its own lease. */
  private Verification anew(RawToken token) {
    return introspect(token, Optional.empty()).<Verification>map(TokenFacts::good).orElse(UNKNOWN);
  }

  /**
   * For the cache. The position is read here, when the token has its place in the cache: a change
   * that is heard of from now on takes the place away, and one that was before is known to whoever
   * answers.
   */
  private Optional<TokenFacts> find(RawToken token) {
    return introspect(token, follower.heard());
  }

  private Optional<TokenFacts> introspect(
      RawToken token, Optional<ChangeFeed.Position> noOlderThan) {
    String form =
        "token="
            + URLEncoder.encode(token.reveal(), StandardCharsets.UTF_8)
            + noOlderThan.map(position -> "&position=" + position.text()).orElse("");
    long begun = System.nanoTime();
    boolean answered = false;
    try {
      Optional<TokenFacts> facts =
          service.ask(
              HttpRequest.newBuilder(introspect)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString(form)),
              introspect,
              IntrospectionResponse::read);
      answered = true;
      return facts;
    } finally {
      listener.introspected(Duration.ofNanos(System.nanoTime() - begun), answered);
    }
  }

  /** Ends its thread; whatever is checked from now on is unavailable. */
  @Override
  public void close() {
    follower.close();
  }

  /** The choices of an application. */
  public static final class Builder {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** An answer that is much older than the lease is of use to nobody but those who wait. */
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration TTL = Duration.ofSeconds(60);

    private final URI service;
    private final Supplier<VerifierCredential> credential;
    private Duration ttl = TTL;
    private int maximumEntries = CachedTokenVerifier.Limits.USUAL_ENTRIES;
    private RemoteListener listener = RemoteListener.NOBODY;
    private Duration connectTimeout = CONNECT_TIMEOUT;
    private Duration timeout = TIMEOUT;
    private boolean plainHttp;
    private @Nullable SSLContext sslContext;

    private Builder(URI service, Supplier<VerifierCredential> credential) {
      this.service = service;
      this.credential = credential;
    }

    /** How long what is known of a token is kept at most. By default a minute. */
    public Builder cacheTtl(Duration longest) {
      this.ttl = positive(longest);
      return this;
    }

    /** Of how many tokens something is kept at most. By default 200,000. */
    public Builder maximumEntries(int most) {
      if (most < 1) {
        throw new IllegalArgumentException("at least one token is kept");
      }
      this.maximumEntries = most;
      return this;
    }

    /** Is told what is done, for metrics. */
    public Builder listener(RemoteListener remoteListener) {
      this.listener = remoteListener;
      return this;
    }

    /** How long to wait for a connection. By default two seconds. */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive(timeout);
      return this;
    }

    /** How long to wait for the whole answer, a second try included. By default five seconds. */
    public Builder timeout(Duration timeout) {
      this.timeout = positive(timeout);
      return this;
    }

    /** Trusts what this trusts. By default it is the platform's. */
    public Builder sslContext(SSLContext context) {
      this.sslContext = context;
      return this;
    }

    /**
     * Allows raw tokens to cross the network in the clear, where something else encrypts it, a
     * service mesh for instance.
     */
    public Builder allowPlainHttp() {
      this.plainHttp = true;
      return this;
    }

    /**
     * Makes it, and starts its thread. The service need not be within reach yet.
     *
     * @throws IllegalArgumentException if the address is not one of a service, or its scheme is
     *     {@code http}, its host not a loopback address, and plain HTTP not allowed
     */
    public RemoteTokenVerifier build() {
      return new RemoteTokenVerifier(this);
    }

    private static Duration positive(Duration timeout) {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("a time-out is longer than nothing");
      }
      return timeout;
    }

    private Duration pollTimeout() {
      return timeout.compareTo(POLL_TIMEOUT) < 0 ? timeout : POLL_TIMEOUT;
    }

    private URI path(String path) {
      String scheme = String.valueOf(service.getScheme()).toLowerCase(Locale.ROOT);
      String host = service.getHost();
      if (!(scheme.equals("https") || scheme.equals("http"))
          || host == null
          || service.getRawUserInfo() != null
          || service.getRawQuery() != null
          || service.getRawFragment() != null) {
        // Without the address: somebody may have written a password into it.
        throw new IllegalArgumentException(
            "the service's address is https://host[:port][/path], and nothing more");
      }
      if (scheme.equals("http") && !plainHttp && !IpAddress.isLoopbackHost(host)) {
        throw new IllegalArgumentException(
            "raw tokens are sent over https only, and to " + host + " it is not");
      }
      String address = service.toString();
      int end = address.length();
      while (end > 0 && address.charAt(end - 1) == '/') {
        end--;
      }
      return URI.create(address.substring(0, end) + path);
    }
  }
}
