package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.PersonalTokenEntity;
import io.accesstokens.store.feed.FeedEntries;
import io.accesstokens.store.feed.VerdictChanges;
import io.accesstokens.store.feed.VerdictChanges.ChangeResult;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.DatabaseFailures;
import io.accesstokens.store.jdbc.OwnerLock;
import io.accesstokens.store.listing.SecretTable;
import io.accesstokens.store.listing.TokenUserListing;
import io.accesstokens.store.notice.NoticeOutbox;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.query.TokenUser;
import io.accesstokens.token.query.TokenUserQuery;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.query.SelectionQuery;
import org.jspecify.annotations.Nullable;

/** Stores personal tokens in the database of a {@link HibernateTokenStore}. */
final class HibernatePersonalTokenStore implements PersonalTokenStore {

  private static final TokenTable<PersonalToken> TABLE = TokenTable.PERSONAL;

  private final Database database;
  private final VerdictChanges changes;
  private final NoticeOutbox outbox;

  HibernatePersonalTokenStore(Database database, VerdictChanges changes, NoticeOutbox outbox) {
    this.database = database;
    this.changes = changes;
    this.outbox = outbox;
  }

  @Override
  public void create(PersonalToken token, TokenDigest digest, AuditEvent minted, int maxLive) {
    PersonalTokenEntity row = new PersonalTokenEntity(token, digest);
    try {
      OwnerLock.run(
          database,
          token.owner(),
          () -> database.write(session -> create(session, token, row, minted, maxLive)));
    } catch (ConstraintViolationException e) {
      if (DatabaseFailures.violates(e, PersonalTokenEntity.NAME_CONSTRAINT)) {
        throw new NameTakenException();
      }
      throw e;
    }
  }

  /**
   * Creates a token in the current transaction.
   *
   * @return true if the token was created; false if the user has no row to lock yet
   * @throws LimitReachedException if the user has {@code maxLive} live tokens or more
   */
  private boolean create(
      StatelessSession session,
      PersonalToken token,
      PersonalTokenEntity row,
      AuditEvent minted,
      int maxLive) {
    if (!OwnerLock.take(session, token.owner())) {
      return false;
    }
    if (live(session, token.owner(), token.createdAt()) >= maxLive) {
      throw new LimitReachedException(LimitReachedException.USER, maxLive);
    }
    session.insert(row);
    TABLE.append(session, minted);
    outbox.write(session, RawToken.Kind.PERSONAL, List.of(minted));
    return true;
  }

  @Override
  public void requireCreatable(EntityRef owner, String name, Instant now, int maxLive) {
    var unused =
        database.read(
            session -> {
              if (isUsed(session, owner, name)) {
                throw new NameTakenException();
              }
              if (live(session, owner, now) >= maxLive) {
                throw new LimitReachedException(LimitReachedException.USER, maxLive);
              }
              return owner;
            });
  }

  private static boolean isUsed(StatelessSession session, EntityRef owner, String name) {
    return session
            .createSelectionQuery(
                "select count(t) from PersonalTokenEntity t where t.owner = :owner"
                    + " and t.name = :name and t.revokedAt is null",
                Long.class)
            .setParameter("owner", owner.toString())
            .setParameter("name", name)
            .getSingleResult()
        > 0;
  }

  private static long live(StatelessSession session, EntityRef owner, Instant now) {
    // This query is plain SQL, because Hibernate translates its own queries at their first use. The
    // translation can take longer than the database lets a transaction with a lock be idle.
    return session
        .createNativeQuery(
            "select count(*) from personal_access_tokens where user_entity_ref = :owner"
                + " and revoked_at is null and expires_at > :now",
            Long.class)
        .setParameter("owner", owner.toString())
        .setParameter("now", InstantConverter.column(now))
        .getSingleResult();
  }

  @Override
  public Optional<PersonalToken> find(UUID id) {
    return database.read(session -> TABLE.find(session, id));
  }

  @Override
  public Optional<PresentedToken<PersonalToken>> findByDigest(TokenDigest digest) {
    return Optional.ofNullable(findByDigests(Set.of(digest)).get(digest));
  }

  @Override
  public Map<TokenDigest, PresentedToken<PersonalToken>> findByDigests(Set<TokenDigest> digests) {
    return database.read(session -> TABLE.find(session, digests));
  }

  @Override
  public Optional<TokenDigest> digest(UUID id) {
    return database.read(session -> TABLE.digest(session, id));
  }

  @Override
  public Set<TokenDigest> digests(Set<UUID> ids) {
    return database.read(session -> StoredDigests.read(session, TABLE, ids).all());
  }

  @Override
  public Page<PersonalToken> list(PersonalTokenQuery query, Instant now) {
    return database.read(
        session -> new Page<>(tokens(session, query, now), total(session, query, now)));
  }

  private static List<PersonalToken> tokens(
      StatelessSession session, PersonalTokenQuery query, Instant now) {
    if (query.limit() == 0 || query.offset() > Integer.MAX_VALUE) {
      return List.of();
    }
    String hql =
        "from PersonalTokenEntity t" + condition(query) + " order by t.createdAt desc, t.id desc";
    return SecretTable.tokens(
        session,
        bound(session.createSelectionQuery(hql, PersonalTokenEntity.class), query, now)
            .setFirstResult((int) query.offset())
            .setMaxResults(query.limit())
            .getResultList());
  }

  private static BoundedCount total(
      StatelessSession session, PersonalTokenQuery query, Instant now) {
    String hql = "select count(t) from PersonalTokenEntity t" + condition(query);
    return BoundedCount.ofCounted(
        bound(session.createSelectionQuery(hql, Long.class), query, now).getSingleResult());
  }

  /**
   * Returns the {@code where} clause of a query. The condition on the status follows the rule of
   * {@link PersonalToken#statusAt}.
   */
  private static String condition(PersonalTokenQuery query) {
    return " where t.owner = :owner"
        + query
            .status()
            .map(
                status ->
                    switch (status) {
                      case REVOKED -> " and t.revokedAt is not null";
                      case EXPIRED -> " and t.revokedAt is null and t.expiresAt <= :now";
                      case EXPIRING ->
                          " and t.revokedAt is null and t.expiresAt > :now and t.expiresAt < :soon";
                      case ACTIVE -> " and t.revokedAt is null and t.expiresAt >= :soon";
                    })
            .orElse("");
  }

  private static <R> SelectionQuery<R> bound(
      SelectionQuery<R> selection, PersonalTokenQuery query, Instant now) {
    selection.setParameter("owner", query.owner().toString());
    TokenStatus status = query.status().orElse(TokenStatus.REVOKED);
    if (status == TokenStatus.EXPIRED || status == TokenStatus.EXPIRING) {
      selection.setParameter("now", now);
    }
    if (status == TokenStatus.EXPIRING || status == TokenStatus.ACTIVE) {
      selection.setParameter("soon", now.plus(PersonalToken.EXPIRING_WINDOW));
    }
    return selection;
  }

  @Override
  public List<TokenUser> users(TokenUserQuery query, Instant now) {
    return database.readReport(session -> TokenUserListing.read(session, query, now));
  }

  @Override
  public BoundedCount countUsers(TokenUserQuery query, Instant now) {
    return database.readReport(session -> TokenUserListing.count(session, query, now));
  }

  @Override
  public StoredChange<Revocation> revoke(
      UUID id, @Nullable Integer secretNumber, Supplier<AuditEvent> revoked) {
    return changes.change(session -> TABLE.revoke(session, outbox, id, secretNumber, revoked));
  }

  @Override
  public StoredChange<Map<UUID, Revocation>> revokeAll(
      EntityRef owner, Instant now, Function<Set<UUID>, Map<UUID, AuditEvent>> revoked) {
    Supplier<Optional<StoredChange<Map<UUID, Revocation>>>> attempt =
        () ->
            changes.change(
                session ->
                    // Creations of tokens lock the same row, so none of them commits during this
                    // transaction.
                    OwnerLock.take(session, owner)
                        ? revokeAll(session, owner, now, revoked)
                        : ChangeResult.unchanged(Optional.empty()));
    return attempt
        .get()
        .or(
            () -> {
              OwnerLock.add(database, owner);
              return attempt.get();
            })
        .orElseThrow(() -> new IllegalStateException("the lock row of a user does not exist"));
  }

  private ChangeResult<Optional<StoredChange<Map<UUID, Revocation>>>> revokeAll(
      StatelessSession session,
      EntityRef owner,
      Instant now,
      Function<Set<UUID>, Map<UUID, AuditEvent>> revoked) {
    Instant since = now.minus(CLOCK_TOLERANCE);
    Set<UUID> recent = ids(session, owner, "revoked_at >= :since order by revoked_at desc", since);
    Set<UUID> live =
        ids(session, owner, "revoked_at is null and expires_at > :since order by id", since);
    ChangeResult<StoredChange<Map<UUID, Revocation>>> revocation =
        BulkRevocation.revoke(session, TABLE, outbox, live, revoked);
    Set<TokenDigest> digests = new HashSet<>(revocation.result().digests());
    digests.addAll(StoredDigests.read(session, TABLE, recent).all());
    Optional<StoredChange<Map<UUID, Revocation>>> result =
        Optional.of(new StoredChange<>(revocation.result().result(), digests));
    FeedEntries entries = revocation.entries();
    return entries == null
        ? ChangeResult.alreadyDone(result, ChangeCounter.read(session))
        : ChangeResult.changed(result, entries);
  }

  /**
   * Returns the ids of a user's tokens that meet an SQL condition, at most {@link
   * RevocationRequest#MAX}.
   */
  private static Set<UUID> ids(
      StatelessSession session, EntityRef owner, String condition, Instant since) {
    Set<UUID> ids = new LinkedHashSet<>();
    session
        .createNativeQuery(
            "select id from personal_access_tokens where user_entity_ref = :owner and "
                + condition
                + " limit "
                + RevocationRequest.MAX,
            String.class)
        .setParameter("owner", owner.toString())
        .setParameter("since", InstantConverter.column(since))
        .getResultList()
        .forEach(id -> ids.add(UUID.fromString(id)));
    return ids;
  }

  @Override
  public StoredChange<Optional<SecretsChange<PersonalToken>>> changeSecrets(
      UUID id,
      @Nullable IdempotencyKey key,
      Function<SecretsState<PersonalToken>, SecretsChange<PersonalToken>> work) {
    return changes.change(session -> SecretsUpdate.run(session, TABLE, outbox, id, key, work));
  }

  @Override
  public Page<AuditEvent> auditLog(UUID tokenId, long offset, int limit) {
    return database.read(session -> TABLE.auditLog(session, tokenId, offset, limit));
  }

  @Override
  public TokenUsage usage(UUID id) {
    return database.read(session -> TABLE.usage(session, id));
  }

  @Override
  public boolean append(AuditEvent event) {
    return database.write(
        session -> {
          boolean live =
              TABLE
                  .locked(session, event.tokenId())
                  .filter(token -> !token.isRevoked())
                  .isPresent();
          if (live) {
            TABLE.append(session, event);
          }
          return live;
        });
  }
}
