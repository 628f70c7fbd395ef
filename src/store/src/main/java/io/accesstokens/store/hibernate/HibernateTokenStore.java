package io.accesstokens.store.hibernate;

import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.notice.DailyNoticeStore;
import io.accesstokens.notice.DeliveryStore;
import io.accesstokens.notice.NoticeReportStore;
import io.accesstokens.notice.NoticeRouting;
import io.accesstokens.session.SessionStore;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.feed.Replica;
import io.accesstokens.store.feed.VerdictChanges;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.DatabaseFailures;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.DatabaseRefusedException;
import io.accesstokens.store.jdbc.OwnerLock;
import io.accesstokens.store.listing.LiveTokens;
import io.accesstokens.store.listing.TokenListing;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.store.log.JdbcStreamStore;
import io.accesstokens.store.notice.JdbcDailyNoticeStore;
import io.accesstokens.store.notice.JdbcDeliveryStore;
import io.accesstokens.store.notice.JdbcNoticeReportStore;
import io.accesstokens.store.notice.NoticeOutbox;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.store.session.HibernateMintFlowStore;
import io.accesstokens.store.session.HibernateSessionStore;
import io.accesstokens.store.session.HibernateSigningKeyStore;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.transparency.stream.StreamStore;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/**
 * Stores tokens in a relational database with the schema of {@link Migrations}.
 *
 * <p>Thread-safe. Many replicas can share one database. The other stores that this class returns
 * can be used until this store is closed.
 */
public final class HibernateTokenStore implements TokenStore {

  static final String NAME_CONSTRAINT = "service_access_tokens_name_uq";

  private final Database database;
  private final TokenListing listing;
  private final TokenMaintenance maintenance;
  private final UsageTable usages;
  private final VerdictChanges changes;
  private final NoticeOutbox outbox;
  private final UuidGenerator ids;
  private final PersonalTokenStore personal;
  private final ReportStore reports;
  private final DataSource dataSource;
  private final ChangeCounter counter = new ChangeCounter();

  /**
   * Creates a store that uses a {@code SecureRandom}.
   *
   * @param dataSource the data source of MariaDB, PostgreSQL or H2; the caller must close it
   * @throws DatabaseRefusedException if the database cannot be used as configured
   * @throws StoreUnavailableException if the database cannot be reached
   * @throws IllegalStateException if the database cannot be used for another reason
   */
  public HibernateTokenStore(DataSource dataSource) {
    this(dataSource, new SecureRandom());
  }

  /**
   * Creates a store that also writes notices.
   *
   * @param notices selects the notices
   * @see #HibernateTokenStore(DataSource, RandomGenerator)
   */
  public HibernateTokenStore(DataSource dataSource, NoticeRouting notices) {
    this(dataSource, new SecureRandom(), notices);
  }

  /**
   * Creates a store.
   *
   * @param dataSource the data source of MariaDB, PostgreSQL or H2; the caller must close it
   * @param random a cryptographically strong source of random numbers, for the nonces of feed
   *     entries
   * @throws DatabaseRefusedException if the database cannot be used as configured
   * @throws StoreUnavailableException if the database cannot be reached
   * @throws IllegalStateException if the database cannot be used for another reason
   */
  public HibernateTokenStore(DataSource dataSource, RandomGenerator random) {
    this(dataSource, random, NoticeRouting.NONE);
  }

  private HibernateTokenStore(
      DataSource dataSource, RandomGenerator random, NoticeRouting notices) {
    this.database = new Database(dataSource);
    this.listing = new TokenListing(database.databaseKind());
    this.changes = new VerdictChanges(database, counter, random);
    this.ids = new UuidGenerator(random);
    this.outbox = new NoticeOutbox(notices);
    this.maintenance =
        new TokenMaintenance(database, new SecretMaintenance(database, changes, outbox, ids));
    this.usages = new UsageTable(database, outbox, ids);
    this.personal = new HibernatePersonalTokenStore(database, changes, outbox);
    this.reports = new HibernateReportStore(database);
    this.dataSource = dataSource;
  }

  /**
   * Adds this process to the list of replicas that cache verdicts. If the lease is now shorter,
   * first waits for the end of former leases.
   *
   * @param durations the lease durations; all replicas must use the same durations
   * @param single true if this process must be the only process that caches verdicts
   * @throws DatabaseRefusedException if another replica may still have a lease with other durations
   * @throws StoreUnavailableException if the database cannot be reached
   */
  public Replica enlist(Lease.Durations durations, boolean single) {
    return Replica.enlist(database, dataSource, counter, durations, single);
  }

  /** Returns the store of sessions in this database. */
  public SessionStore sessions() {
    return new HibernateSessionStore(database);
  }

  /** Returns the store of mint flows in this database. */
  public MintFlowStore mintFlows() {
    return new HibernateMintFlowStore(database);
  }

  /** Returns the transparency log of the audit events in this database. */
  public JdbcLogStore log() {
    return new JdbcLogStore(database);
  }

  /** Returns the positions of the streams of the transparency log in this database. */
  public StreamStore logStreams() {
    return new JdbcStreamStore(database);
  }

  /** Returns the store of signing keys in this database. */
  public SigningKeyStore signingKeys() {
    return HibernateSigningKeyStore.ofTokens(database);
  }

  /** Returns the deliveries of notices in this database. */
  public DeliveryStore deliveries() {
    return new JdbcDeliveryStore(database, ids);
  }

  /** Returns the store of the daily notice job in this database. */
  public DailyNoticeStore dailyNotices() {
    return new JdbcDailyNoticeStore(database, outbox, ids);
  }

  /** Returns the reports on notices in this database. */
  public NoticeReportStore noticeReports() {
    return new JdbcNoticeReportStore(database);
  }

  @Override
  public Duration untilFinal() {
    return counter.untilFinal();
  }

  @Override
  public void refreshUntilFinal() {
    counter.recordRow(database.confirmed());
  }

  @Override
  public Optional<TokenDigest> digest(UUID id) {
    return database.read(session -> TokenTable.SERVICE.digest(session, id));
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created) {
    create(token, digest, created, session -> true);
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created, int maxLive) {
    Predicate<StatelessSession> permitted = session -> isBelowLimit(session, token, maxLive);
    OwnerLock.run(database, token.group(), () -> create(token, digest, created, permitted));
  }

  /**
   * Locks the row of the group and checks the limit of the group.
   *
   * @return true if the group may have one more token; false if the group has no row to lock yet
   * @throws LimitReachedException if the group has {@code maxLive} live tokens or more
   */
  private boolean isBelowLimit(StatelessSession session, ServiceToken token, int maxLive) {
    if (!OwnerLock.take(session, token.group())) {
      return false;
    }
    DatabaseKind databaseKind = database.databaseKind();
    if (LiveTokens.reach(session, databaseKind, token.group(), token.createdAt(), maxLive)) {
      throw new LimitReachedException(LimitReachedException.GROUP, maxLive);
    }
    return true;
  }

  /**
   * Creates a token in one transaction.
   *
   * @param first runs the first statements of the transaction; the token is created only if the
   *     result is true
   * @return true if the token was created
   * @throws NameTakenException if another unrevoked token of the group has the same name
   */
  private boolean create(
      ServiceToken token,
      TokenDigest digest,
      AuditEvent created,
      Predicate<StatelessSession> first) {
    TokenEntity row = new TokenEntity(token, digest);
    AuditEntity event = new AuditEntity(created, token.group());
    try {
      return database.write(
          session -> {
            if (!first.test(session)) {
              return false;
            }
            session.insert(row);
            session.insert(event);
            outbox.write(session, RawToken.Kind.SERVICE, List.of(created));
            return true;
          });
    } catch (ConstraintViolationException e) {
      if (DatabaseFailures.violates(e, NAME_CONSTRAINT)) {
        throw new NameTakenException();
      }
      throw e;
    }
  }

  @Override
  public Optional<ServiceToken> find(UUID id) {
    return database.read(session -> TokenTable.SERVICE.find(session, id));
  }

  @Override
  public Optional<PresentedToken<ServiceToken>> findByDigest(TokenDigest digest) {
    return Optional.ofNullable(findByDigests(Set.of(digest)).get(digest));
  }

  @Override
  public Map<TokenDigest, PresentedToken<ServiceToken>> findByDigests(Set<TokenDigest> digests) {
    return database.read(session -> TokenTable.SERVICE.find(session, digests));
  }

  @Override
  public TokenPage list(TokenQuery query, Instant now) {
    return TokenListing.isIndexed(query.filter())
        ? database.read(session -> listing.page(session, query, now))
        : database.readReport(session -> listing.page(session, query, now));
  }

  @Override
  public StoredChange<Revocation> revoke(
      UUID id, @Nullable Integer secretNumber, Supplier<AuditEvent> revoked) {
    return changes.change(
        session -> TokenTable.SERVICE.revoke(session, outbox, id, secretNumber, revoked));
  }

  @Override
  public StoredChange<Optional<SecretsChange<ServiceToken>>> changeSecrets(
      UUID id,
      @Nullable IdempotencyKey key,
      Function<SecretsState<ServiceToken>, SecretsChange<ServiceToken>> work) {
    return changes.change(
        session -> SecretsUpdate.run(session, TokenTable.SERVICE, outbox, id, key, work));
  }

  @Override
  public Map<UUID, ServiceToken> find(Set<UUID> tokenIds) {
    return database.read(session -> TokenTable.SERVICE.tokens(session, tokenIds));
  }

  @Override
  public Set<TokenDigest> digests(Set<UUID> tokenIds) {
    return database.read(
        session -> StoredDigests.read(session, TokenTable.SERVICE, tokenIds).all());
  }

  @Override
  public StoredChange<Map<UUID, Revocation>> revokeAll(
      Set<UUID> tokenIds, Function<Set<UUID>, Map<UUID, AuditEvent>> revoked) {
    return changes.change(
        session -> BulkRevocation.revoke(session, TokenTable.SERVICE, outbox, tokenIds, revoked));
  }

  @Override
  public StoredChange<Optional<TokenUpdate>> update(
      UUID id, Function<ServiceToken, TokenUpdate> work) {
    return changes.change(session -> TokenChanges.update(session, id, work));
  }

  /**
   * Returns an import of tokens from another system.
   *
   * @param actor the user or command that runs the import, for the audit log
   * @param source the origin of the tokens, for the audit log; must not contain credentials
   * @param dryRun true to report the result of an import without changing the database
   */
  public TokenImport tokenImport(String actor, String source, Clock clock, boolean dryRun) {
    return new TokenImport(database, changes, actor, source, clock, dryRun);
  }

  @Override
  public Page<AuditEvent> auditLog(UUID tokenId, long offset, int limit) {
    return database.read(session -> TokenTable.SERVICE.auditLog(session, tokenId, offset, limit));
  }

  @Override
  public List<AuditEvent> recordUses(Map<SecretId, TokenUsage> uses) {
    return usages.record(uses);
  }

  @Override
  public TokenUsage usage(UUID id) {
    return database.read(session -> TokenTable.SERVICE.usage(session, id));
  }

  @Override
  public Optional<PersonalTokenStore> personal() {
    return Optional.of(personal);
  }

  @Override
  public ReportStore reports() {
    return reports;
  }

  @Override
  public void deleteCallers() {
    CallerTable.deleteAll(database);
  }

  @Override
  public List<AuditEvent> maintain(Instant now) {
    List<AuditEvent> events = new ArrayList<>();
    maintain(now, events::add);
    return events;
  }

  @Override
  public void maintain(Instant now, Consumer<AuditEvent> written) {
    maintenance.maintain(now, written);
  }

  @Override
  public void ping() {
    database.read(
        session -> session.createNativeQuery("select 1", Integer.class).getSingleResult());
  }

  /**
   * Returns true if all connections are in use. A call must then wait for a connection. Returns
   * false for the {@code DataSource} of a container, which does not report the number of
   * connections in use.
   */
  public boolean areAllConnectionsInUse() {
    return dataSource instanceof ConnectionPool pool && pool.areAllInUse();
  }

  @Override
  public void close() {
    database.close();
  }
}
