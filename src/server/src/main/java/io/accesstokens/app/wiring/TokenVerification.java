package io.accesstokens.app.wiring;

import io.accesstokens.app.StartupException;
import io.accesstokens.app.Stores;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.storage.ClusterSettings;
import io.accesstokens.app.settings.storage.ClusterSettings.OnStoreOutage;
import io.accesstokens.app.settings.storage.ClusterSettings.Replicas;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.app.web.DeferredResponseFilter;
import io.accesstokens.store.feed.Replica;
import io.accesstokens.store.jdbc.DatabaseRefusedException;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.revocation.ChangeFeedBroker;
import io.accesstokens.token.revocation.RevocationBarrier;
import io.accesstokens.token.service.StoreTokenVerifier;
import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.FeedFollower;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.MachineClock;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.UncachedTokenVerifier;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The verifier of raw tokens, its verdict cache, and the background work that keeps the cache
 * correct.
 */
public final class TokenVerification implements AutoCloseable {

  /**
   * Maximum number of concurrent token look-ups if the number of connections is unknown. A
   * DataSource of the container does not report its number of connections.
   */
  private static final int LOADS_FROM_CONTAINER = 4;

  /** Longest interruption of token verification that {@link #isAvailable} ignores. */
  private static final Duration TOLERATED = Duration.ofSeconds(10);

  private final Deque<Runnable> closeActions = new ArrayDeque<>();
  private final Lease lease;
  private final TokenVerifier verifier;
  private final RevocationBarrier barrier;
  private final @Nullable ChangeFeedBroker feedBroker;

  /**
   * Creates the verifier. Starts to poll the change feed if other processes can reach the store.
   *
   * @throws StartupException if other replicas have different lease settings, or if the store is
   *     unavailable
   */
  TokenVerification(
      Configuration configuration,
      Stores stores,
      StoreTokenVerifier stored,
      ServerMetrics metrics) {
    try {
      Storage storage = configuration.storage();
      Replica replica = replica(configuration, stores);
      lease =
          replica == null
              ? Lease.unlimited(MachineClock.SYSTEM)
              : new Lease(durations(configuration.settings().cluster()), MachineClock.SYSTEM);
      Duration ttl = Duration.ofSeconds(configuration.settings().service().cacheTtlSeconds());
      CachedTokenVerifier cache =
          new CachedTokenVerifier(
              stored,
              lease,
              MachineClock.SYSTEM,
              new CachedTokenVerifier.Limits(
                  ttl, CachedTokenVerifier.Limits.USUAL_ENTRIES, concurrentLoads(storage)));
      verifier = ttl.isZero() ? uncached(replica, cache, stored, concurrentLoads(storage)) : cache;
      FeedFollower follower = null;
      ChangeFeedBroker forOthers = null;
      if (replica != null) {
        ChangeFeed feed = metrics.verifications().timing(replica.feed());
        follower = new FeedFollower(feed, lease, cache, MachineClock.SYSTEM).start();
        closeActions.push(follower::close);
        forOthers = new ChangeFeedBroker(replica.feed(), lease.durations(), MachineClock.SYSTEM);
        closeActions.push(forOthers::close);
      }
      feedBroker = forOthers;
      barrier =
          new RevocationBarrier(
              stores.tokens(),
              cache,
              follower,
              forOthers,
              metrics.revocations().timing(DeferredResponseFilter.WAITS));
      metrics.verifications().cache(cache);
      metrics.lease(
          Optional.ofNullable(replica).map(process -> lease.durations()), lease::remaining);
      closeActions.push(barrier::close);
    } catch (RuntimeException | Error e) { // an Error if no thread can be created
      close();
      throw e;
    }
  }

  /**
   * Returns a verifier that reads the store for each token. If the store is shared, a verification
   * is possible only with a valid lease. Without a lease, the data could be old, because a former
   * primary server of the database can still respond.
   */
  private static TokenVerifier uncached(
      @Nullable Replica replica,
      CachedTokenVerifier cache,
      StoreTokenVerifier stored,
      int concurrentReads) {
    return replica == null
        ? new UncachedTokenVerifier(stored, Clock.systemUTC(), concurrentReads)
        : token -> cache.verifyInStore(token);
  }

  /**
   * Registers this process as a replica in the shared store. Returns null if no other process can
   * reach the store.
   */
  private @Nullable Replica replica(Configuration configuration, Stores stores) {
    if (stores.shared().isEmpty()) {
      return null;
    }
    try {
      Replica replica =
          stores
              .shared()
              .get()
              .enlist(
                  durations(configuration.settings().cluster()),
                  configuration.replicas() == Replicas.SINGLE);
      closeActions.push(replica::close);
      return replica;
    } catch (DatabaseRefusedException | StoreUnavailableException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Lease.Durations durations(ClusterSettings cluster) {
    Duration outage =
        cluster.onStoreOutage() == OnStoreOutage.SERVE_CACHED
            ? Duration.ofSeconds(cluster.serveCachedSeconds())
            : Duration.ZERO;
    return Lease.Durations.of(Duration.ofMillis(cluster.leaseMillis()), outage);
  }

  /**
   * Returns the maximum number of concurrent token look-ups, which is half the number of
   * connections. The other half stays free for other work.
   */
  private static int concurrentLoads(Storage storage) {
    return storage instanceof Storage.Jdbc jdbc
        ? Math.max(1, jdbc.maximumPoolSize() / 2)
        : LOADS_FROM_CONTAINER;
  }

  TokenVerifier verifier() {
    return verifier;
  }

  /**
   * Returns the change feed for remote verifiers; null if no other process can reach the store.
   * Without the change feed, remote verifiers cannot cache verdicts.
   */
  @Nullable ChangeFeedBroker feedBroker() {
    return feedBroker;
  }

  RevocationBarrier barrier() {
    return barrier;
  }

  /**
   * Returns true if tokens, or at least cached tokens, can be verified. Ignores an interruption
   * that is shorter than {@link #TOLERATED}.
   */
  public boolean isAvailable() {
    return acceptsCachedInOutage() || lease.timeSinceEnd().compareTo(TOLERATED) < 0;
  }

  /**
   * Returns true if this process has a valid lease, which a read of the store's change feed has
   * renewed. Returns false for a lease that never ends, because no read renews this lease.
   */
  boolean hasLease() {
    return lease.remaining().filter(left -> !left.isZero()).isPresent();
  }

  /**
   * Returns true if the store cannot be reached or does not respond, and cached tokens are accepted
   * nevertheless.
   */
  boolean acceptsCachedInOutage() {
    return lease.isValidInOutage();
  }

  @Override
  public void close() {
    while (!closeActions.isEmpty()) {
      closeActions.pop().run();
    }
  }
}
