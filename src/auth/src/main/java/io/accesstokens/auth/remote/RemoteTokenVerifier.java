package io.accesstokens.auth.remote;

import io.accesstokens.auth.RemoteListener;
import io.accesstokens.auth.SafeRemoteListener;
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
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Verifies raw tokens of an access-tokens service that runs elsewhere. The verifier introspects
 * each token once (RFC 7662) and then uses its cache, until the service reports a change of the
 * verdict or the time of {@link Builder#cacheTtl} has passed. A token that is not active is cached
 * for at most five seconds. As in the service, a revoked token is refused in each request that
 * begins after the response to the revocation.
 *
 * <p>A separate thread reads the changes of verdicts from the service, {@code GET
 * {service}/api/access-tokens/changes}. Each response grants a lease: the time for which the cache
 * may be used. The lease starts before the verifier sends the request. After the end of the lease,
 * no token is accepted until the changes are read again. If the service grants no lease, the
 * verifier introspects the token of each request.
 *
 * <p>The verifier fails closed: a verification that needs the service throws a {@link
 * VerificationUnavailableException} in each of these cases:
 *
 * <ul>
 *   <li>no connection, or no complete response in time
 *   <li>a redirect, which is never followed
 *   <li>any status other than 200
 *   <li>a page that a proxy has created, or a response that a proxy has cached
 *   <li>a response that is too long
 *   <li>a credential of this verifier that the service does not accept
 *   <li>too many concurrent introspections that load the cache
 *   <li>a verification after {@link #close}
 * </ul>
 *
 * <p>The logger of {@link FeedFollower} writes one line when the changes become unreadable, and one
 * line when the changes are readable again.
 *
 * <p>If the connection of a request fails, the verifier sends the request a second time, over
 * another connection and within the same timeout. Raw tokens leave this process over TLS only,
 * unless the service is on a loopback address or {@link Builder#allowPlainHttp} is set. Create one
 * verifier for an application, and close it with the application. This class is thread-safe.
 */
public final class RemoteTokenVerifier implements TokenVerifier, AutoCloseable {

  /** The verdict on a token that is not active at the service, which does not report the reason. */
  private static final Verification UNKNOWN =
      new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty());

  /**
   * The longest pause between two polls, in percent of the lease. The pause is long, because a
   * server can have many verifiers.
   */
  private static final int PAUSE_PERCENT = 60;

  /** Maximum number of concurrent introspections that load the cache. */
  private static final int CONCURRENT_LOADS = 32;

  /**
   * The lease durations before the first response of the service. Each response sets the length of
   * the lease. The margin does not change, and an outage never extends the lease.
   */
  private static final Lease.Durations LEASE =
      Lease.Durations.of(Duration.ofMillis(500), Duration.ZERO);

  private final URI introspect;
  private final RemoteServiceClient service;
  private final RemoteListener listener;
  private final RemoteFeed feed;
  private final FeedFollower follower;
  private final CachedTokenVerifier cache;
  private final List<RemoteConnections> connections;
  private volatile boolean closed;

  private RemoteTokenVerifier(Builder builder) {
    this.introspect = builder.path("/access-tokens/introspect");
    this.listener = new SafeRemoteListener(builder.listener);
    Optional<SSLContext> sslContext = Optional.ofNullable(builder.sslContext);
    RemoteConnections introspections =
        new RemoteConnections(builder.connectTimeout, builder.timeout, sslContext);
    RemoteConnections polls =
        new RemoteConnections(builder.connectTimeout, builder.pollTimeout(), sslContext);
    this.connections = List.of(introspections, polls);
    this.service = new RemoteServiceClient(introspections, builder.credential);
    this.feed =
        new RemoteFeed(
            new RemoteServiceClient(polls, builder.credential),
            builder.path("/access-tokens/changes"),
            listener);
    Lease lease = new Lease(LEASE, builder.clock);
    this.cache =
        new CachedTokenVerifier(
            this::find,
            lease,
            builder.clock,
            new CachedTokenVerifier.Limits(
                builder.ttl, CachedTokenVerifier.Limits.USUAL_ENTRIES, CONCURRENT_LOADS));
    this.follower = new FeedFollower(feed, lease, cache, builder.clock, PAUSE_PERCENT).start();
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param service the address of the service, such as {@code https://tokens.example.com} or {@code
   *     https://apps.example.com/access-tokens}. The API is expected at the path {@code /api} below
   *     this address, see {@link Builder#apiPath}.
   * @param credential supplies the credential of this application. The supplier is called before
   *     each request. Therefore, the credential can be rotated.
   */
  public static Builder builder(URI service, Supplier<VerifierCredential> credential) {
    return new Builder(service, credential);
  }

  @Override
  public Verification verify(RawToken token) {
    startVerification();
    if (feed.isWithheld()) {
      return introspectUncached(token, Optional.empty());
    }
    try {
      return cache.verify(token);
    } catch (VerificationUnavailableException e) {
      if (feed.isWithheld()) {
        return introspectUncached(token, Optional.empty());
      }
      throw e;
    }
  }

  /**
   * Verifies a token by introspection, without the cache of this verifier.
   *
   * @param noOlderThan a position in the change feed of the service; the result includes all
   *     changes up to this position
   */
  @Override
  public Verification verify(RawToken token, ChangeFeed.Position noOlderThan) {
    startVerification();
    return introspectUncached(token, Optional.of(noOlderThan));
  }

  /**
   * Verifies a token by introspection, without the cache of this verifier. The service can use its
   * own cache.
   */
  @Override
  public Verification verifyInStore(RawToken token) {
    startVerification();
    return introspectUncached(token, Optional.empty());
  }

  private void startVerification() {
    if (closed) {
      throw new VerificationUnavailableException("the verifier is closed");
    }
    listener.verificationStarted();
  }

  /**
   * Verifies a token by introspection, without the cache of this verifier. The result is current,
   * because the service uses its own cache only under a lease.
   */
  private Verification introspectUncached(
      RawToken token, Optional<ChangeFeed.Position> noOlderThan) {
    return introspect(token, noOlderThan).map(TokenFacts::verdict).orElse(UNKNOWN);
  }

  /**
   * Loads a token for the cache. The cache first reserves the entry of the token. This method then
   * reads the position of the last received change. The response of the service includes all
   * changes up to that position, and each later change evicts the entry.
   */
  private Optional<TokenFacts> find(RawToken token) {
    return introspect(token, follower.lastReceived());
  }

  private Optional<TokenFacts> introspect(
      RawToken token, Optional<ChangeFeed.Position> noOlderThan) {
    String form =
        "token="
            + URLEncoder.encode(token.reveal(), StandardCharsets.UTF_8)
            + "&enforces_limits=true"
            + noOlderThan.map(position -> "&position=" + position.text()).orElse("");
    long begun = System.nanoTime();
    boolean answered = false;
    try {
      Optional<TokenFacts> facts =
          service.request(
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

  /**
   * Stops the thread that reads the changes, and releases the connections. Each later verification
   * fails with {@link VerificationUnavailableException}.
   */
  @Override
  public void close() {
    closed = true;
    follower.close();
    connections.forEach(RemoteConnections::close);
  }

  /** Builds a verifier with the options of an application. */
  public static final class Builder {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /**
     * Maximum timeout of a read of the changes. The lease starts before the request. Therefore
     * little time of the lease is left after a slow response.
     */
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration TTL = Duration.ofSeconds(60);

    /** A duration of more than about 106,000 days has too many nanoseconds for a {@code long}. */
    private static final Duration MAX_DURATION = Duration.ofDays(36_500);

    private static final int MAX_PORT = 65_535;

    private static final Pattern API_PATH = Pattern.compile("(?:/[A-Za-z0-9._~-]++)*+");

    private final URI service;
    private final Supplier<VerifierCredential> credential;
    private Duration ttl = TTL;
    private RemoteListener listener = RemoteListener.NO_OP;
    private Duration connectTimeout = CONNECT_TIMEOUT;
    private Duration timeout = TIMEOUT;
    private String apiPath = "/api";
    private boolean plainHttp;
    private @Nullable SSLContext sslContext;
    private MachineClock clock = MachineClock.SYSTEM;
    private Duration maxPollTimeout = POLL_TIMEOUT;

    private Builder(URI service, Supplier<VerifierCredential> credential) {
      this.service = Objects.requireNonNull(service, "service");
      this.credential = Objects.requireNonNull(credential, "credential");
    }

    /**
     * Sets the maximum time for which facts of a token are cached. The default is 60 seconds.
     *
     * @throws IllegalArgumentException if the time is not positive, or more than 36,500 days
     */
    public Builder cacheTtl(Duration longest) {
      this.ttl = positive(longest, "longest");
      return this;
    }

    /**
     * Sets the listener for the events of this verifier, for example for metrics. There is no
     * listener by default.
     */
    public Builder listener(RemoteListener remoteListener) {
      this.listener = Objects.requireNonNull(remoteListener, "remoteListener");
      return this;
    }

    /**
     * Sets the timeout for opening a connection. The default is 2 seconds.
     *
     * @throws IllegalArgumentException if the timeout is not positive, or more than 36,500 days
     */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive(timeout, "timeout");
      return this;
    }

    /**
     * Sets the timeout for the whole response, including a second attempt. The default is 5
     * seconds. A read of the changes has a timeout of at most 2 seconds.
     *
     * @throws IllegalArgumentException if the timeout is not positive, or more than 36,500 days
     */
    public Builder timeout(Duration timeout) {
      this.timeout = positive(timeout, "timeout");
      return this;
    }

    /**
     * Sets the path of the API below the address of the service. The default is {@code /api}. If
     * the service is embedded in an application, the API has the path that this application sets.
     *
     * @param path empty, or segments that each begin with a slash, such as {@code /shop/rest}
     * @throws IllegalArgumentException if the path has another form
     */
    public Builder apiPath(String path) {
      if (!API_PATH.matcher(Objects.requireNonNull(path, "path")).matches()) {
        throw new IllegalArgumentException(
            "the path of the API must be empty or have the form /path, without a slash at its end");
      }
      this.apiPath = path;
      return this;
    }

    /** Sets the SSL context of the connections. The default is the platform's context. */
    public Builder sslContext(SSLContext context) {
      this.sslContext = Objects.requireNonNull(context, "context");
      return this;
    }

    /**
     * Allows raw tokens to be sent over plain HTTP. This option is for networks with other
     * encryption, such as a service mesh.
     */
    public Builder allowPlainHttp() {
      this.plainHttp = true;
      return this;
    }

    /** Sets the clock, and the maximum timeout of a read of the changes, for tests. */
    Builder waits(MachineClock machineClock, Duration longestPoll) {
      this.clock = machineClock;
      this.maxPollTimeout = longestPoll;
      return this;
    }

    /**
     * Creates a verifier and starts its thread. The service may be unreachable at this time.
     *
     * @throws IllegalArgumentException if the address is malformed. Also thrown for the scheme
     *     {@code http}, unless the host is a loopback address or plain HTTP is allowed.
     * @throws java.io.UncheckedIOException if no HTTP client can be created
     */
    public RemoteTokenVerifier build() {
      return new RemoteTokenVerifier(this);
    }

    private static Duration positive(Duration duration, String argument) {
      Objects.requireNonNull(duration, argument);
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException("a duration must be positive");
      }
      if (duration.compareTo(MAX_DURATION) > 0) {
        throw new IllegalArgumentException("a duration must be at most 36500 days");
      }
      return duration;
    }

    private Duration pollTimeout() {
      return timeout.compareTo(maxPollTimeout) < 0 ? timeout : maxPollTimeout;
    }

    private URI path(String path) {
      String scheme = String.valueOf(service.getScheme()).toLowerCase(Locale.ROOT);
      String host = service.getHost();
      if (host == null
          && scheme.startsWith("http")
          && service.getRawAuthority() != null
          && !service.getRawAuthority().contains("@")) {
        throw new IllegalArgumentException(
            "the host of the service's address may contain only the letters a-z, digits, hyphens"
                + " and dots, so no underscores; write an international name in its ASCII form,"
                + " which begins with xn--");
      }
      if (!(scheme.equals("https") || scheme.equals("http"))
          || host == null
          || service.getPort() > MAX_PORT
          || service.getRawUserInfo() != null
          || service.getRawQuery() != null
          || service.getRawFragment() != null) {
        // The message omits the address, because the address may hold a password.
        throw new IllegalArgumentException(
            "the service's address must have the form https://host[:port][/path]");
      }
      if (scheme.equals("http") && !plainHttp && !IpAddress.isLoopbackHost(host)) {
        throw new IllegalArgumentException(
            "plain http to " + host + " is refused: use https, or call allowPlainHttp()");
      }
      String address = service.toString();
      int end = address.length();
      while (end > 0 && address.charAt(end - 1) == '/') {
        end--;
      }
      return URI.create(address.substring(0, end) + apiPath + path);
    }
  }
}
