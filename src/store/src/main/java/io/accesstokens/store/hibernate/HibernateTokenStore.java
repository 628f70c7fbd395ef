package io.accesstokens.store.hibernate;

import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.session.SessionStore;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.token.AuditEvent;
import io.accesstokens.token.AuditPage;
import io.accesstokens.token.LimitReachedException;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PersonalTokenStore;
import io.accesstokens.token.ReportStore;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenPage;
import io.accesstokens.token.TokenQuery;
import io.accesstokens.token.TokenStore;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.TokenDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;

/**
 * Tokens in a relational database whose schema {@link Migrations} has made.
 *
 * <p>Safe for use by many threads, and by many replicas on one database.
 */
public final class HibernateTokenStore implements TokenStore {

  /** A kind of feed entry: a good token is dead. */
  static final String REVOKED = ChangeFeed.REVOKED;

  static final String NAME_CONSTRAINT = "service_access_tokens_name_uq";

  private final Database database;
  private final TokenListing listing;
  private final TokenMaintenance upkeep;
  private final UsageTable usages;
  private final VerdictChanges changes;
  private final PersonalTokenStore personal;
  private final ReportStore reports;
  private final DataSource dataSource;
  private final SharedTerms shared = new SharedTerms();

  /**
   * @param dataSource of MariaDB or H2; it stays the caller's to close
   * @throws StoreUnavailableException if the database is out of reach
   */
  public HibernateTokenStore(DataSource dataSource) {
    this(dataSource, new SecureRandom());
  }

  /**
   * @param dataSource of MariaDB or H2; it stays the caller's to close
   * @param random a cryptographically strong source, for the marks of feed entries
   * @throws StoreUnavailableException if the database is out of reach
   */
  public HibernateTokenStore(DataSource dataSource, RandomGenerator random) {
    this.database = new Database(dataSource);
    this.listing = new TokenListing(database.vendor());
    this.upkeep = new TokenMaintenance(database);
    this.usages = new UsageTable(database);
    this.changes = new VerdictChanges(database, shared, random);
    this.personal = new HibernatePersonalTokens(database, changes);
    this.reports = new HibernateReports(database);
    this.dataSource = dataSource;
  }

  /**
   * Puts this process on the list of those that cache verdicts.
   *
   * @param terms must be the same for all of them
   * @param single whether it is to be the only one
   * @throws DatabaseRefusedException if others are at work on other terms
   * @throws StoreUnavailableException if the database is out of reach
   */
  public Replica enlist(Lease.Terms terms, boolean single) {
    return Replica.enlist(database, dataSource, shared, terms, single);
  }

  /** The sessions in the same database, until this store is closed. */
  public SessionStore sessions() {
    return new HibernateSessionStore(database);
  }

  /** Personal tokens on their way, in the same database, until this store is closed. */
  public MintFlowStore mintFlows() {
    return new HibernateMintFlowStore(database);
  }

  /** The signing keys in the same database, until this store is closed. */
  public SigningKeyStore signingKeys() {
    return new HibernateSigningKeyStore(database);
  }

  @Override
  public Duration untilFinal() {
    return shared.untilFinal();
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
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created, int mostLive) {
    Predicate<StatelessSession> permitted = session -> hasRoom(session, token, mostLive);
    if (!create(token, digest, created, permitted)) {
      OwnerLock.add(database, token.group());
      if (!create(token, digest, created, permitted)) {
        throw new IllegalStateException("the row of a group is gone");
      }
    }
  }

  /** False if the group cannot be locked yet. */
  private boolean hasRoom(StatelessSession session, ServiceToken token, int mostLive) {
    if (!OwnerLock.take(session, token.group())) {
      return false;
    }
    DatabaseKind vendor = database.vendor();
    if (LiveTokens.reach(session, vendor, token.group(), token.createdAt(), mostLive)) {
      throw new LimitReachedException(LimitReachedException.GROUP, mostLive);
    }
    return true;
  }

  /** Whether it was created, which the first statements of the transaction decide. */
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
            return true;
          });
    } catch (ConstraintViolationException e) {
      String constraint = e.getConstraintName();
      if (constraint != null && constraint.contains(NAME_CONSTRAINT)) {
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
  public Optional<ServiceToken> find(TokenDigest digest) {
    return database.read(session -> TokenTable.SERVICE.find(session, digest));
  }

  @Override
  public Map<TokenDigest, ServiceToken> findByDigest(Set<TokenDigest> digests) {
    return database.read(session -> TokenTable.SERVICE.find(session, digests));
  }

  @Override
  public TokenPage list(TokenQuery query, Instant now) {
    return database.read(session -> listing.page(session, query, now));
  }

  @Override
  public Revocation revoke(UUID id, String revokedBy, Instant revokedAt, AuditEvent revoked) {
    return changes.change(
        session -> TokenTable.SERVICE.revoke(session, id, revokedBy, revokedAt, revoked));
  }

  @Override
  public Map<UUID, ServiceToken> find(Set<UUID> ids) {
    return database.read(session -> BulkRevocation.find(session, ids));
  }

  @Override
  public Map<UUID, TokenDigest> digests(Set<UUID> ids) {
    return database.read(session -> BulkRevocation.digests(session, ids));
  }

  @Override
  public Map<UUID, Revocation> revokeAll(
      Map<UUID, AuditEvent> revoked, String revokedBy, Instant revokedAt) {
    return changes.change(session -> BulkRevocation.revoke(session, revoked, revokedBy, revokedAt));
  }

  /**
   * An import of tokens from elsewhere.
   *
   * @param actor who imports, as the audit trail will name it
   * @param source where from, as the audit trail will name it, without credentials
   * @param dryRun whether to say only what would be done
   */
  public TokenImport importing(String actor, String source, Clock clock, boolean dryRun) {
    return new TokenImport(database, changes, actor, source, clock, dryRun);
  }

  static boolean markRevoked(
      StatelessSession session, UUID id, String revokedBy, Instant revokedAt) {
    return TokenTable.SERVICE.markRevoked(session, id, revokedBy, revokedAt);
  }

  @Override
  public AuditPage audit(UUID tokenId, long offset, int limit) {
    return database.read(session -> TokenTable.SERVICE.audit(session, tokenId, offset, limit));
  }

  @Override
  public void recordUses(Map<UUID, TokenUsage> uses) {
    usages.record(uses);
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
  public void maintain(Instant now) {
    upkeep.maintain(now);
  }

  @Override
  public void ping() {
    database.read(
        session -> session.createNativeQuery("select 1", Integer.class).getSingleResult());
  }

  @Override
  public void close() {
    database.close();
  }
}
