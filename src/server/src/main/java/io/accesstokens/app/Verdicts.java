package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.OnStoreOutage;
import io.accesstokens.app.settings.Replicas;
import io.accesstokens.app.settings.Settings;
import io.accesstokens.app.settings.Storage;
import io.accesstokens.store.hibernate.DatabaseRefused;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.Replica;
import io.accesstokens.token.Finality;
import io.accesstokens.token.SharedFeed;
import io.accesstokens.token.StoreUnavailable;
import io.accesstokens.token.StoredTokenCheck;
import io.accesstokens.token.TokenStore;
import io.accesstokens.verify.CachedTokenCheck;
import io.accesstokens.verify.FeedFollower;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.MachineClock;
import io.accesstokens.verify.TokenCheck;
import io.accesstokens.verify.UncachedTokenCheck;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The check of raw tokens by cached verdicts, and what keeps them true. */
final class Verdicts implements AutoCloseable {

  /** A container's DataSource does not say how many connections it has. */
  private static final int LOADS_FROM_CONTAINER = 4;

  /** Longer than any hiccup; a load balancer should send requests elsewhere then. */
  private static final Duration TOLERATED = Duration.ofSeconds(10);

  private final Deque<Runnable> closing = new ArrayDeque<>();
  private final Lease lease;
  private final TokenCheck check;
  private final Finality finality;
  private final @Nullable SharedFeed shared;

  /**
   * Makes it, and starts to follow changes.
   *
   * @throws StartRefused if other instances work on other terms
   */
  Verdicts(Configuration configuration, TokenStore store, StoredTokenCheck stored) {
    try {
      Storage storage = configuration.storage();
      Replica replica = replica(configuration, store);
      lease =
          replica == null
              ? Lease.unlimited(MachineClock.SYSTEM)
              : new Lease(terms(configuration.settings().cluster()), MachineClock.SYSTEM);
      Duration ttl = Duration.ofSeconds(configuration.settings().service().cacheTtlSeconds());
      CachedTokenCheck cache =
          new CachedTokenCheck(
              stored,
              lease,
              MachineClock.SYSTEM,
              new CachedTokenCheck.Limits(
                  ttl, CachedTokenCheck.Limits.USUAL_ENTRIES, concurrentLoads(storage)));
      check =
          ttl.isZero()
              ? new UncachedTokenCheck(stored, Clock.systemUTC(), concurrentLoads(storage))
              : cache;
      FeedFollower follower = null;
      SharedFeed forOthers = null;
      if (replica != null) {
        follower = new FeedFollower(replica.feed(), lease, cache, MachineClock.SYSTEM).start();
        closing.push(follower::close);
        forOthers = new SharedFeed(replica.feed(), lease.terms(), MachineClock.SYSTEM);
        closing.push(forOthers::close);
      }
      shared = forOthers;
      finality = new Finality(store, cache, follower, forOthers, HeldAnswerFilter::await);
      closing.push(finality::close);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Null if nobody else can reach the store. */
  private @Nullable Replica replica(Configuration configuration, TokenStore store) {
    if (!(store instanceof HibernateTokenStore database)
        || (configuration.storage() instanceof Storage.Jdbc jdbc && jdbc.isEmbedded())) {
      return null;
    }
    try {
      Replica replica =
          database.enlist(
              terms(configuration.settings().cluster()),
              configuration.replicas() == Replicas.SINGLE);
      closing.push(replica::close);
      return replica;
    } catch (DatabaseRefused | StoreUnavailable e) {
      throw new StartRefused(String.valueOf(e.getMessage()), e);
    }
  }

  private static Lease.Terms terms(Settings.Cluster cluster) {
    Duration outage =
        cluster.onStoreOutage() == OnStoreOutage.SERVE_CACHED
            ? Duration.ofSeconds(cluster.serveCachedSeconds())
            : Duration.ZERO;
    return Lease.Terms.of(Duration.ofMillis(cluster.leaseMillis()), outage);
  }

  /** Half of the connections, so that a flood of unknown tokens leaves the others to the rest. */
  private static int concurrentLoads(Storage storage) {
    return storage instanceof Storage.Jdbc jdbc
        ? Math.max(1, jdbc.maximumPoolSize() / 2)
        : LOADS_FROM_CONTAINER;
  }

  TokenCheck check() {
    return check;
  }

  /** What verifiers elsewhere read; null if they cannot keep verdicts. */
  @Nullable SharedFeed shared() {
    return shared;
  }

  Finality finality() {
    return finality;
  }

  /** Whether tokens can be checked, apart from hiccups. */
  boolean areAvailable() {
    return check instanceof UncachedTokenCheck || lease.overFor().compareTo(TOLERATED) < 0;
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      closing.pop().run();
    }
  }
}
