package io.accesstokens.store.hibernate;

import io.accesstokens.session.SessionStore;
import io.accesstokens.store.hibernate.VerdictChanges.Written;
import io.accesstokens.token.AuditEvent;
import io.accesstokens.token.AuditPage;
import io.accesstokens.token.LimitReached;
import io.accesstokens.token.NameTaken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailable;
import io.accesstokens.token.TokenPage;
import io.accesstokens.token.TokenQuery;
import io.accesstokens.token.TokenStore;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.Total;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.TokenDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final TokenUpkeep upkeep;
  private final UsageTable usages;
  private final VerdictChanges changes;
  private final DataSource dataSource;
  private final SharedTerms shared = new SharedTerms();

  /**
   * @param dataSource of MariaDB or H2; it stays the caller's to close
   * @throws StoreUnavailable if the database is out of reach
   */
  public HibernateTokenStore(DataSource dataSource) {
    this(dataSource, new SecureRandom());
  }

  /**
   * @param dataSource of MariaDB or H2; it stays the caller's to close
   * @param random a cryptographically strong source, for the marks of feed entries
   * @throws StoreUnavailable if the database is out of reach
   */
  public HibernateTokenStore(DataSource dataSource, RandomGenerator random) {
    this.database = new Database(dataSource);
    this.listing = new TokenListing(database.vendor());
    this.upkeep = new TokenUpkeep(database);
    this.usages = new UsageTable(database);
    this.changes = new VerdictChanges(database, shared, random);
    this.dataSource = dataSource;
  }

  /**
   * Puts this process on the list of those that cache verdicts.
   *
   * @param terms must be the same for all of them
   * @param single whether it is to be the only one
   * @throws DatabaseRefused if others are at work on other terms
   * @throws StoreUnavailable if the database is out of reach
   */
  public Replica enlist(Lease.Terms terms, boolean single) {
    return Replica.enlist(database, dataSource, shared, terms, single);
  }

  /** The sessions in the same database, until this store is closed. */
  public SessionStore sessions() {
    return new HibernateSessionStore(database);
  }

  @Override
  public Duration untilFinal() {
    return shared.untilFinal();
  }

  @Override
  public Optional<TokenDigest> digest(UUID id) {
    return database.read(session -> digest(session, id));
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created) {
    create(token, digest, created, session -> true);
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created, int mostLive) {
    Predicate<StatelessSession> permitted = session -> hasRoom(session, token, mostLive);
    if (!create(token, digest, created, permitted)) {
      HolderLock.add(database, token.group());
      if (!create(token, digest, created, permitted)) {
        throw new IllegalStateException("the row of a group is gone");
      }
    }
  }

  /** False if the group cannot be locked yet. */
  private boolean hasRoom(StatelessSession session, ServiceToken token, int mostLive) {
    if (!HolderLock.take(session, token.group())) {
      return false;
    }
    Vendor vendor = database.vendor();
    if (LiveTokens.reach(session, vendor, token.group(), token.createdAt(), mostLive)) {
      throw new LimitReached(LimitReached.GROUP, mostLive);
    }
    return true;
  }

  /** Whether it was created, which the first statements of the transaction decide. */
  private boolean create(
      ServiceToken token,
      TokenDigest digest,
      AuditEvent created,
      Predicate<StatelessSession> first) {
    TokenRow row = new TokenRow(token, digest);
    AuditRow event = new AuditRow(created);
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
        throw new NameTaken();
      }
      throw e;
    }
  }

  @Override
  public Optional<ServiceToken> find(UUID id) {
    return database.read(
        session ->
            session
                .createSelectionQuery("from TokenRow t where t.id = :id", TokenRow.class)
                .setParameter("id", id.toString())
                .uniqueResultOptional()
                .map(TokenRow::token));
  }

  @Override
  public Optional<ServiceToken> find(TokenDigest digest) {
    return database.read(
        session ->
            session
                .createSelectionQuery("from TokenRow t where t.tokenHash = :hash", TokenRow.class)
                .setParameter("hash", digest.bytes())
                .uniqueResultOptional()
                .map(TokenRow::token));
  }

  @Override
  public TokenPage list(TokenQuery query, Instant now) {
    return database.read(session -> listing.page(session, query, now));
  }

  @Override
  public Revocation revoke(UUID id, String revokedBy, Instant revokedAt, AuditEvent revoked) {
    AuditRow event = new AuditRow(revoked);
    return changes.change(
        session -> {
          boolean done = markRevoked(session, id, revokedBy, revokedAt);
          Optional<TokenDigest> digest = digest(session, id);
          if (digest.isEmpty()) {
            return Written.unchanged(Revocation.NOT_FOUND);
          }
          if (!done) {
            return Written.before(Revocation.ALREADY_REVOKED, SharedTerms.read(session));
          }
          session.insert(event);
          return Written.changed(
              Revocation.DONE,
              new FeedEntries(List.of(new FeedEntries.Entry(REVOKED, digest.get())), revokedAt));
        });
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
    return session
            .createMutationQuery(
                "update TokenRow t set t.revokedAt = :at, t.revokedBy = :by"
                    + " where t.id = :id and t.revokedAt is null")
            .setParameter("at", revokedAt)
            .setParameter("by", revokedBy)
            .setParameter("id", id.toString())
            .executeUpdate()
        == 1;
  }

  private static Optional<TokenDigest> digest(StatelessSession session, UUID id) {
    return session
        .createSelectionQuery("select t.tokenHash from TokenRow t where t.id = :id", byte[].class)
        .setParameter("id", id.toString())
        .uniqueResultOptional()
        .map(TokenDigest::of);
  }

  @Override
  public AuditPage audit(UUID tokenId, long offset, int limit) {
    return database.read(
        session -> new AuditPage(events(session, tokenId, offset, limit), total(session, tokenId)));
  }

  private static List<AuditEvent> events(
      StatelessSession session, UUID tokenId, long offset, int limit) {
    if (limit == 0 || offset > Integer.MAX_VALUE) {
      return List.of();
    }
    return session
        .createSelectionQuery(
            "from AuditRow a where a.tokenId = :token order by a.occurredAt desc, a.seq desc",
            AuditRow.class)
        .setParameter("token", tokenId.toString())
        .setFirstResult((int) offset)
        .setMaxResults(limit)
        .getResultStream()
        .map(AuditRow::event)
        .toList();
  }

  private static Total total(StatelessSession session, UUID tokenId) {
    return Total.ofBoundedCount(
        session
            .createNativeQuery(
                "select coalesce((select :most + 1 from service_access_token_audit_log"
                    + " where token_id = :token limit 1 offset :most),"
                    + " (select count(*) from service_access_token_audit_log"
                    + " where token_id = :token))",
                Long.class)
            .setParameter("token", tokenId.toString())
            .setParameter("most", (long) Total.EXACT_UP_TO)
            .getSingleResult());
  }

  @Override
  public void recordUses(Map<UUID, TokenUsage> uses) {
    usages.record(uses);
  }

  @Override
  public TokenUsage usage(UUID id) {
    return usages.of(id);
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
