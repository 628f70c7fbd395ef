package io.accesstokens.store.jdbc;

import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.LogKeyEntity;
import io.accesstokens.store.entity.MintFlowEntity;
import io.accesstokens.store.entity.PersonalAuditEntity;
import io.accesstokens.store.entity.PersonalTokenEntity;
import io.accesstokens.store.entity.PersonalUsageEntity;
import io.accesstokens.store.entity.SessionEntity;
import io.accesstokens.store.entity.SigningKeyEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.entity.UsageEntity;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.DaemonThreads;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.Transaction;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.bytecode.internal.none.BytecodeProviderImpl;
import org.hibernate.bytecode.spi.BytecodeProvider;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.H2Dialect;
import org.hibernate.dialect.MariaDBDialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.jdbc.dialect.spi.DialectResolutionInfo;
import org.hibernate.engine.jdbc.dialect.spi.DialectResolver;
import org.hibernate.engine.transaction.jta.platform.internal.NoJtaPlatform;
import org.hibernate.jdbc.ReturningWork;
import org.hibernate.type.BasicType;
import org.hibernate.type.descriptor.java.LocalDateTimeJavaType;
import org.hibernate.type.descriptor.jdbc.LocalDateTimeJdbcType;
import org.hibernate.type.internal.BasicTypeImpl;

/** Runs statements and transactions, repeats them after a conflict, and reports outages. */
public final class Database implements AutoCloseable {

  /**
   * Time in which a read or a transaction is repeated after conflicts. A conflict after this time
   * makes it fail.
   */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final int MAX_PAUSE_MILLIS = 64;

  /**
   * The type of dates and times in UTC in native queries. Hibernate's own type would use {@code
   * java.sql.Timestamp}, which cannot represent a time that the time zone of the JVM skips in
   * spring. A query uses this type for its parameters, and for results if the query names the class
   * of its results.
   */
  private static final BasicType<LocalDateTime> DATE_AND_TIME =
      new BasicTypeImpl<>(LocalDateTimeJavaType.INSTANCE, LocalDateTimeJdbcType.INSTANCE);

  private final StandardServiceRegistry registry;
  private final SessionFactory sessions;
  private final DatabaseKind databaseKind;
  private final boolean guardWrites;
  private final BoundedReads anonymousReads;
  private final BoundedReads reportReads;
  private final BoundedReads confirmations = BoundedReads.confirmations();
  private final FollowedServer followed;

  /**
   * A lock that gives a writing transaction exclusive access to the database. Only H2 needs this
   * lock.
   *
   * <p>H2 writes its tables to the file one after the other, each in its current state. If the
   * process is killed during these writes, the file can contain only a part of a concurrent
   * transaction. A confirmed transaction can also be lost (h2database issue 2080). H2 also writes
   * its tables at the end of a transaction that only reads. Therefore reads do not run during a
   * writing transaction.
   */
  private final ReadWriteLock oneWriter = new ReentrantReadWriteLock(true);

  /**
   * Creates an instance for a data source.
   *
   * @throws StoreUnavailableException if the database cannot be reached
   * @throws DatabaseRefusedException if the database cannot be used as configured, see {@link
   *     DatabaseKind#requireUsable}
   * @throws IllegalStateException if the database cannot be used for another reason
   */
  public Database(DataSource dataSource) {
    Server server = server(dataSource);
    databaseKind = server.databaseKind();
    anonymousReads = BoundedReads.of("reads for anonymous callers", dataSource);
    reportReads = BoundedReads.of("reads of lists and reports", dataSource);
    // ConnectionPool sets the session variables once for each new connection.
    boolean host = !(dataSource instanceof ConnectionPool);
    guardWrites = databaseKind != DatabaseKind.H2 && host;
    followed = new FollowedServer(dataSource, databaseKind, server.galera());
    var connections =
        new HibernateConnectionProvider(dataSource, server.galera() && host, followed);
    var builder = new StandardServiceRegistryBuilder();
    // Removes what Hibernate has read from hibernate.properties and from system properties. These
    // are settings for the entities of the host application.
    builder.clearSettings();
    registry =
        builder
            .applySettings(settings(connections, databaseKind))
            // Entities have no lazy fields, so Hibernate needs no library that generates proxies.
            .addService(BytecodeProvider.class, new BytecodeProviderImpl())
            // Hibernate's own resolver loads the classes of all dialects.
            .addService(DialectResolver.class, info -> dialect(databaseKind, info))
            .build();
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
              .addAnnotatedClass(LogKeyEntity.class)
              .addAnnotatedClass(MintFlowEntity.class)
              .getMetadataBuilder()
              .applyBasicType(DATE_AND_TIME, LocalDateTime.class.getName())
              .build()
              .buildSessionFactory();
    } catch (RuntimeException e) {
      StandardServiceRegistryBuilder.destroy(registry);
      throw e;
    }
  }

  private record Server(DatabaseKind databaseKind, boolean galera) {}

  private static Server server(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      DatabaseKind databaseKind = DatabaseKind.of(connection);
      databaseKind.requireUsable(connection, dataSource);
      return new Server(
          databaseKind,
          databaseKind == DatabaseKind.MARIADB && MariaDbSession.isGalera(connection));
    } catch (SQLException e) {
      if (DatabaseFailures.isOutage(e)) {
        throw DatabaseFailures.unavailable(e);
      }
      throw new IllegalStateException("the database cannot be used: " + e.getMessage(), e);
    }
  }

  private static Dialect dialect(DatabaseKind databaseKind, DialectResolutionInfo info) {
    return switch (databaseKind) {
      case H2 -> new H2Dialect(info);
      case MARIADB -> new MariaDBDialect(info);
      case POSTGRESQL -> new PostgreSQLDialect(info);
    };
  }

  private static Map<String, Object> settings(
      HibernateConnectionProvider connections, DatabaseKind databaseKind) {
    return Map.ofEntries(
        Map.entry("hibernate.connection.provider_class", connections),
        // These values are known, so Hibernate does not need to query the database for them.
        Map.entry("jakarta.persistence.database-product-name", databaseKind.product()),
        Map.entry("jakarta.persistence.database-major-version", databaseKind.majorVersion()),
        Map.entry("jakarta.persistence.database-minor-version", databaseKind.minorVersion()),
        Map.entry("hibernate.boot.allow_jdbc_metadata_access", "false"),
        // Passes java.time values to the driver, not a java.sql.Timestamp in the JVM's time zone.
        // This has no effect on native queries, see DATE_AND_TIME.
        Map.entry("hibernate.type.java_time_use_direct_jdbc", "true"),
        // Without these settings, Hibernate uses any Jackson library on the class path of the host
        // application.
        Map.entry("hibernate.type.json_format_mapper", "jsonb"),
        Map.entry("hibernate.type.xml_format_mapper", "jaxb"),
        Map.entry("hibernate.transaction.coordinator_class", "jdbc"),
        Map.entry("hibernate.transaction.jta.platform", NoJtaPlatform.INSTANCE),
        Map.entry("hibernate.cache.use_second_level_cache", "false"),
        Map.entry("hibernate.query.plan_cache_max_size", "128"),
        Map.entry("jakarta.persistence.validation.mode", "none"));
  }

  /**
   * Records the server that the change feed was read from. After this call, connections to other
   * servers are not used. See {@link FollowedServer}.
   *
   * @param server the value of {@link DatabaseKind#serverExpression}
   * @param wait how long connections to a new server are not used
   * @return false if the server was not recorded, because it is a former primary server
   */
  public boolean follow(String server, Duration wait) {
    return followed.follow(server, wait);
  }

  public DatabaseKind databaseKind() {
    return databaseKind;
  }

  /**
   * Runs {@code work} in autocommit mode. {@code work} must only read. After a conflict, {@code
   * work} is called again.
   */
  public <T> T read(Function<StatelessSession, T> work) {
    return repeated(session -> withLock(oneWriter.readLock(), () -> work.apply(session)));
  }

  /**
   * Runs {@code work} as {@link #read} does, and limits the number of concurrent calls. Use this
   * method for reads that anonymous callers can cause, see {@link BoundedReads}.
   *
   * @throws StoreUnavailableException if too many callers wait, or if this caller has waited too
   *     long
   */
  public <T> T readBounded(Function<StatelessSession, T> work) {
    return anonymousReads.read(() -> read(work));
  }

  /**
   * Runs {@code work} as {@link #read} does, and limits the number of concurrent calls. Use this
   * method for reads that take longer with more rows, such as a search. These reads must not use
   * all connections, because verifications and changes need connections too.
   *
   * @throws StoreUnavailableException if too many callers wait, or if this caller has waited too
   *     long
   */
  public <T> T readReport(Function<StatelessSession, T> work) {
    return reportReads.read(() -> read(work));
  }

  /**
   * Runs {@code work} as {@link #readReport} does, and allows each statement to take two minutes.
   * Use this method in the background, by one thread at a time. The time limit of other reads still
   * applies in two cases: on H2, because changes wait for reads there; and if only one report can
   * run at a time.
   */
  public <T> T readSlowly(Function<StatelessSession, T> work) {
    return readReport(
        databaseKind == DatabaseKind.H2 || !reportReads.isConcurrent()
            ? work
            : session -> SlowStatements.run(session, databaseKind, work));
  }

  /**
   * Reads the row of the change counter, see {@link ChangeCounter#confirmed}. Only one call at a
   * time uses a connection, because anonymous callers can cause this read, and the read can wait
   * for a standby server.
   *
   * @throws StoreUnavailableException if the read fails, if too many callers wait, or if this
   *     caller has waited too long
   */
  public ChangeCounter.Row confirmed() {
    return confirmations.read(
        () -> readJdbc(connection -> ChangeCounter.confirmed(connection, databaseKind)));
  }

  /**
   * Runs a transaction, see {@link #change}.
   *
   * @param work runs all statements except the commit; called again after a conflict
   */
  public <T> T write(Function<StatelessSession, T> work) {
    return change(session -> CommitAction.with(work.apply(session)));
  }

  /** Runs {@code work} on a connection, as {@link #read} does. */
  public <T> T readJdbc(ReturningWork<T> work) {
    return read(session -> session.doReturningWork(work));
  }

  /** Runs {@code work} on a connection, as {@link #readBounded} does. */
  public <T> T readBoundedJdbc(ReturningWork<T> work) {
    return readBounded(session -> session.doReturningWork(work));
  }

  /** Runs {@code work} on a connection, as {@link #write} does. */
  public <T> T writeJdbc(ReturningWork<T> work) {
    return write(session -> session.doReturningWork(work));
  }

  /**
   * Changes rows in batches, with one transaction for each batch. Stops after a batch that is not
   * full, or if {@link DaemonThreads#isStopping} returns true. A read outside of the transaction
   * finds the rows of a batch. If this read finds no row, no transaction runs. On H2, a transaction
   * would block all other work.
   *
   * @param batch the maximum number of rows that {@code find} returns
   * @param find returns the keys of rows
   * @param change changes the rows with these keys, in a transaction. Another process can have
   *     changed or deleted the rows after the read. {@code change} is called again after a conflict
   */
  public <K> void inBatches(
      int batch,
      Function<StatelessSession, List<K>> find,
      BiConsumer<StatelessSession, List<K>> change) {
    List<K> found;
    do {
      found = read(find);
      List<K> keys = found;
      if (!keys.isEmpty()) {
        write(
            session -> {
              change.accept(session, keys);
              return keys;
            });
      }
    } while (found.size() == batch && !DaemonThreads.isStopping());
  }

  /**
   * Runs a transaction. On MariaDB and PostgreSQL, session variables limit how long a process that
   * hangs can hold its locks. Examples are the lock on the feed's counter and the lock on the row
   * of a token.
   *
   * @param work runs all statements except the commit, and returns the action that commits; called
   *     again after a conflict
   */
  public <T> T change(Function<StatelessSession, CommitAction<T>> work) {
    return repeated(session -> guardWrites ? guarded(session, work) : transaction(session, work));
  }

  /** Reclaims unused space in the files of embedded H2. Other databases do this by themselves. */
  public void compact() {
    if (databaseKind == DatabaseKind.H2) {
      repeated(
          session ->
              withLock(
                  oneWriter.writeLock(),
                  () -> {
                    session.doWork(H2Compaction::run);
                    return session;
                  }));
    }
  }

  private <T> T repeated(Function<StatelessSession, T> attempt) {
    return withoutInterrupt(() -> repeatedNow(attempt));
  }

  /**
   * Runs work. On H2, an interrupted thread runs the work without its interrupt, and is interrupted
   * again afterwards. Otherwise, a read or write by this thread would close the file of an embedded
   * database, and H2 would close the database.
   */
  private <T> T withoutInterrupt(Supplier<T> work) {
    boolean interrupted = databaseKind == DatabaseKind.H2 && Thread.interrupted();
    try {
      return work.get();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> T repeatedNow(Function<StatelessSession, T> attempt) {
    long start = System.nanoTime();
    for (int pause = 2; ; pause = Math.min(2 * pause, MAX_PAUSE_MILLIS)) {
      try (StatelessSession session = sessions.openStatelessSession()) {
        return attempt.apply(session);
      } catch (StoreUnavailableException e) {
        throw e;
      } catch (RuntimeException e) {
        if (!isConflict(e)) {
          throw DatabaseFailures.isOutage(e) || DatabaseFailures.lacksAccess(e)
              ? DatabaseFailures.unavailable(e)
              : e;
        }
        if (System.nanoTime() - start > TIMEOUT.toNanos() || !slept(pause)) {
          throw new StoreUnavailableException("the database is too busy", e);
        }
      }
    }
  }

  private <T> T transaction(
      StatelessSession session, Function<StatelessSession, CommitAction<T>> work) {
    return withLock(oneWriter.writeLock(), () -> oneTransaction(session, work));
  }

  /**
   * Runs a read that does not use Hibernate. On H2, the read waits until no transaction writes.
   * Other databases do not need this wait.
   */
  public <T> T readDirectly(Supplier<T> reading) {
    return withoutInterrupt(() -> withLock(oneWriter.readLock(), reading));
  }

  private <T> T withLock(Lock lock, Supplier<T> work) {
    if (databaseKind != DatabaseKind.H2) {
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
    } catch (RuntimeException | Error e) {
      rollback(transaction, e);
      throw e;
    }
    try {
      return ending.commit(session, () -> commit(session, transaction));
    } catch (RuntimeException | Error e) {
      if (transaction.isActive()) {
        rollback(transaction, e);
      }
      if (e instanceof RuntimeException failure
          && !isConflict(failure)
          && !DatabaseFailures.isRefusal(failure)) {
        throw new StoreUnavailableException("the outcome of a commit is unknown", failure);
      }
      throw e;
    }
  }

  private void commit(StatelessSession session, Transaction transaction) {
    if (databaseKind == DatabaseKind.POSTGRESQL) {
      PostgresSession.commit(session, transaction);
    } else {
      transaction.commit();
    }
  }

  private static void rollback(Transaction transaction, Throwable reason) {
    try {
      transaction.rollback();
    } catch (RuntimeException e) {
      reason.addSuppressed(e); // the connection is lost, so the server rolls back
    }
  }

  private <T> T guarded(
      StatelessSession session, Function<StatelessSession, CommitAction<T>> work) {
    if (databaseKind == DatabaseKind.POSTGRESQL) {
      return transaction(
          session,
          same -> {
            PostgresSession.guardTransaction(same);
            return work.apply(same);
          });
    }
    MariaDbSession.guard(session);
    try {
      return transaction(session, work);
    } finally {
      MariaDbSession.unguard(session);
    }
  }

  private boolean isConflict(RuntimeException e) {
    return DatabaseFailures.sqlException(e).filter(databaseKind::isConflict).isPresent();
  }

  private static boolean slept(int maxMillis) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(maxMillis) + 1L);
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
  }
}
