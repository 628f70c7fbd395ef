package io.accesstokens.store.hibernate;

import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.Transaction;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.engine.transaction.jta.platform.internal.NoJtaPlatform;

/** Runs statements and transactions: what is retried, and what counts as an outage. */
final class Database implements AutoCloseable {

  /** A transaction that keeps losing gives up after this. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int LONGEST_PAUSE_MILLIS = 64;

  private final StandardServiceRegistry registry;
  private final SessionFactory sessions;
  private final DatabaseKind vendor;
  private final boolean guardWrites;
  private final BoundedReads boundedReads;

  /**
   * H2 only. It writes its tables to the file one after the other, each as it is at that moment, so
   * that a process killed meanwhile leaves part of a transaction that another thread was in the
   * middle of, or loses one that was answered (h2database issue 2080; seen about once in ten kills
   * under load). The end of a transaction that only read makes it write, too. So a transaction that
   * writes has the database to itself.
   */
  private final ReadWriteLock oneWriter = new ReentrantReadWriteLock(true);

  /**
   * @throws StoreUnavailableException if the database is out of reach
   */
  Database(DataSource dataSource) {
    Server server = server(dataSource);
    vendor = server.vendor();
    boundedReads = BoundedReads.of(dataSource);
    // A pool of ours sets the variables once for each connection.
    boolean host = !(dataSource instanceof ConnectionPool);
    guardWrites = vendor == DatabaseKind.MARIADB && host;
    var connections = new HibernateConnectionProvider(dataSource, server.galera() && host);
    registry =
        new StandardServiceRegistryBuilder().applySettings(settings(connections, vendor)).build();
    try {
      sessions =
          new MetadataSources(registry)
              .addAnnotatedClass(TokenEntity.class)
              .addAnnotatedClass(AuditEntity.class)
              .addAnnotatedClass(UsageEntity.class)
              .addAnnotatedClass(PersonalTokenEntity.class)
              .addAnnotatedClass(PersonalAuditEntity.class)
              .addAnnotatedClass(PersonalUsageEntity.class)
              .addAnnotatedClass(SessionEntity.class)
              .addAnnotatedClass(SigningKeyEntity.class)
              .addAnnotatedClass(MintFlowEntity.class)
              .buildMetadata()
              .buildSessionFactory();
    } catch (RuntimeException e) {
      StandardServiceRegistryBuilder.destroy(registry);
      throw e;
    }
    SqlLogFilter.begin();
  }

  private record Server(DatabaseKind vendor, boolean galera) {}

  private static Server server(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      DatabaseKind vendor = DatabaseKind.of(connection);
      return new Server(
          vendor, vendor == DatabaseKind.MARIADB && MariaDbSession.isGalera(connection));
    } catch (SQLException e) {
      if (DatabaseFailures.isOutage(e)) {
        throw DatabaseFailures.unavailable(e);
      }
      throw new IllegalStateException("the database cannot be used: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> settings(
      HibernateConnectionProvider connections, DatabaseKind vendor) {
    return Map.ofEntries(
        Map.entry("hibernate.connection.provider_class", connections),
        // Known already, so Hibernate need not ask.
        Map.entry("jakarta.persistence.database-product-name", vendor.product()),
        Map.entry("jakarta.persistence.database-major-version", vendor.majorVersion()),
        Map.entry("jakarta.persistence.database-minor-version", vendor.minorVersion()),
        Map.entry("hibernate.boot.allow_jdbc_metadata_access", "false"),
        // Date and time as such, not as a java.sql.Timestamp in the JVM's time zone.
        Map.entry("hibernate.type.java_time_use_direct_jdbc", "true"),
        // Else Hibernate picks up whatever Jackson a host has on its class path.
        Map.entry("hibernate.type.json_format_mapper", "jsonb"),
        Map.entry("hibernate.type.xml_format_mapper", "jaxb"),
        Map.entry("hibernate.transaction.coordinator_class", "jdbc"),
        Map.entry("hibernate.transaction.jta.platform", NoJtaPlatform.INSTANCE),
        Map.entry("hibernate.cache.use_second_level_cache", "false"),
        Map.entry("hibernate.query.plan_cache_max_size", "128"),
        Map.entry("jakarta.persistence.validation.mode", "none"));
  }

  DatabaseKind vendor() {
    return vendor;
  }

  /** Single statements that read, in autocommit mode. */
  <T> T read(Function<StatelessSession, T> work) {
    return repeated(session -> alone(oneWriter.readLock(), () -> work.apply(session)));
  }

  /** The same for reads that anonymous callers can cause: see {@link BoundedReads}. */
  <T> T readBounded(Function<StatelessSession, T> work) {
    return boundedReads.read(() -> read(work));
  }

  /** A transaction. The work may be called several times. */
  <T> T write(Function<StatelessSession, T> work) {
    return repeated(session -> transaction(session, same -> CommitAction.with(work.apply(same))));
  }

  /**
   * A transaction that has the lock on the feed's counter, which a process that was stopped must
   * not hold for long.
   *
   * @param work all but the commit, which it gives back
   */
  <T> T change(Function<StatelessSession, CommitAction<T>> work) {
    return repeated(session -> guardWrites ? guarded(session, work) : transaction(session, work));
  }

  private <T> T repeated(Function<StatelessSession, T> attempt) {
    long start = System.nanoTime();
    for (int pause = 2; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
      try (StatelessSession session = sessions.openStatelessSession()) {
        return attempt.apply(session);
      } catch (StoreUnavailableException e) {
        throw e;
      } catch (RuntimeException e) {
        if (!isConflict(e)) {
          throw DatabaseFailures.isOutage(e) ? DatabaseFailures.unavailable(e) : e;
        }
        if (System.nanoTime() - start > PATIENCE.toNanos() || !slept(pause)) {
          throw new StoreUnavailableException("the database is too busy", e);
        }
      }
    }
  }

  private <T> T transaction(
      StatelessSession session, Function<StatelessSession, CommitAction<T>> work) {
    return alone(oneWriter.writeLock(), () -> oneTransaction(session, work));
  }

  /** A reading that does not go through Hibernate, under the same lock. */
  <T> T alone(Supplier<T> reading) {
    return alone(oneWriter.readLock(), reading);
  }

  private <T> T alone(Lock lock, Supplier<T> work) {
    if (vendor != DatabaseKind.H2) {
      return work.get();
    }
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private <T> T oneTransaction(
      StatelessSession session, Function<StatelessSession, CommitAction<T>> work) {
    Transaction transaction = session.beginTransaction();
    CommitAction<T> ending;
    try {
      ending = work.apply(session);
    } catch (RuntimeException e) {
      rollback(transaction, e);
      throw e;
    }
    try {
      return ending.commit(session, transaction);
    } catch (RuntimeException e) {
      if (transaction.isActive()) {
        rollback(transaction, e);
      }
      if (isConflict(e) || DatabaseFailures.isRefusal(e)) {
        throw e;
      }
      throw new StoreUnavailableException("the database did not say what became of a commit", e);
    }
  }

  private static void rollback(Transaction transaction, RuntimeException reason) {
    try {
      transaction.rollback();
    } catch (RuntimeException e) {
      reason.addSuppressed(e); // the connection is gone, and the transaction with it
    }
  }

  private <T> T guarded(
      StatelessSession session, Function<StatelessSession, CommitAction<T>> work) {
    MariaDbSession.guard(session);
    try {
      return transaction(session, work);
    } finally {
      MariaDbSession.unguard(session);
    }
  }

  private boolean isConflict(RuntimeException e) {
    return DatabaseFailures.sqlException(e).filter(vendor::isConflict).isPresent();
  }

  private static boolean slept(int longestMillis) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(longestMillis) + 1L);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    if (sessions.isClosed()) {
      return;
    }
    sessions.close();
    StandardServiceRegistryBuilder.destroy(registry);
    SqlLogFilter.end();
  }
}
