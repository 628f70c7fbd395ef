package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.AccessTokenEntity;
import io.accesstokens.store.entity.AuditColumns;
import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.PersonalAuditEntity;
import io.accesstokens.store.entity.PersonalTokenEntity;
import io.accesstokens.store.entity.PersonalUsageEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.entity.UsageColumns;
import io.accesstokens.store.entity.UsageEntity;
import io.accesstokens.store.feed.FeedEntries;
import io.accesstokens.store.feed.VerdictChanges.ChangeResult;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.listing.AuditLogReader;
import io.accesstokens.store.listing.InList;
import io.accesstokens.store.listing.SecretTable;
import io.accesstokens.store.listing.TokenListing;
import io.accesstokens.store.notice.NoticeOutbox;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenDigest;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Runs the statements that service tokens and personal tokens share.
 *
 * @param <T> the type of the tokens
 */
final class TokenTable<T extends AccessToken> {

  static final TokenTable<ServiceToken> SERVICE =
      new TokenTable<>(
          TokenEntity.class,
          AuditEntity.class,
          (session, event) ->
              new AuditEntity(event, AuditLogReader.groupOf(session, event.tokenId())),
          AuditEntity.TABLE,
          UsageEntity.class,
          "token_prefix",
          RawToken.Kind.SERVICE);

  static final TokenTable<PersonalToken> PERSONAL =
      new TokenTable<>(
          PersonalTokenEntity.class,
          PersonalAuditEntity.class,
          (session, event) -> new PersonalAuditEntity(event),
          PersonalAuditEntity.TABLE,
          PersonalUsageEntity.class,
          "prefix",
          RawToken.Kind.PERSONAL);

  private final Class<? extends AccessTokenEntity<T>> rows;
  private final String table;
  private final Class<? extends AuditColumns> events;
  private final BiFunction<StatelessSession, AuditEvent, AuditColumns> newEvent;
  private final String auditLog;
  private final Class<? extends UsageColumns> uses;
  private final String prefixColumn;
  private final RawToken.Kind kind;

  private TokenTable(
      Class<? extends AccessTokenEntity<T>> rows,
      Class<? extends AuditColumns> events,
      BiFunction<StatelessSession, AuditEvent, AuditColumns> newEvent,
      String auditLog,
      Class<? extends UsageColumns> uses,
      String prefixColumn,
      RawToken.Kind kind) {
    this.rows = rows;
    this.table = rows.getAnnotation(Table.class).name();
    this.events = events;
    this.newEvent = newEvent;
    this.auditLog = auditLog;
    this.uses = uses;
    this.prefixColumn = prefixColumn;
    this.kind = kind;
  }

  String name() {
    return table;
  }

  /** Returns the name of the table of audit events. */
  String auditLog() {
    return auditLog;
  }

  /** Returns the name of the column for the first characters of the raw token. */
  String prefixColumn() {
    return prefixColumn;
  }

  RawToken.Kind kind() {
    return kind;
  }

  /** Returns the token with the given id, or empty if there is no such token. */
  Optional<T> find(StatelessSession session, UUID id) {
    return session
        .createSelectionQuery("from " + rows.getSimpleName() + " t where t.id = :id", rows)
        .setParameter("id", id.toString())
        .uniqueResultOptional()
        .map(row -> SecretTable.tokens(session, List.of(row)).get(0));
  }

  Map<UUID, T> tokens(StatelessSession session, Set<UUID> ids) {
    List<String> all = ids.stream().map(UUID::toString).toList();
    Map<UUID, T> tokens = new HashMap<>();
    for (int from = 0; from < all.size(); from += TokenListing.ROWS_AT_ONCE) {
      int end = Math.min(from + TokenListing.ROWS_AT_ONCE, all.size());
      SecretTable.tokens(session, select(session, "id", all.subList(from, end)))
          .forEach(token -> tokens.put(token.id(), token));
    }
    return tokens;
  }

  /**
   * Finds tokens by the digests of their current or earlier raw tokens. If a digest does not belong
   * to a current secret, one more statement searches the other secrets.
   */
  Map<TokenDigest, PresentedToken<T>> find(StatelessSession session, Set<TokenDigest> digests) {
    List<AccessTokenEntity<T>> found =
        new ArrayList<>(
            select(session, "token_hash", digests.stream().map(TokenDigest::bytes).toList()));
    Map<TokenDigest, SecretId> presented = new HashMap<>();
    for (AccessTokenEntity<T> row : found) {
      presented.put(row.digest(), new SecretId(UUID.fromString(row.id()), row.secretNumber()));
    }
    Set<TokenDigest> others = new HashSet<>(digests);
    others.removeAll(presented.keySet());
    Map<TokenDigest, SecretId> secrets = SecretTable.find(session, others);
    Set<String> missing = new HashSet<>();
    secrets.values().forEach(secret -> missing.add(secret.tokenId().toString()));
    found.forEach(row -> missing.remove(row.id()));
    found.addAll(select(session, "id", List.copyOf(missing)));
    presented.putAll(secrets);
    Map<UUID, T> tokens = new HashMap<>();
    SecretTable.tokens(session, found).forEach(token -> tokens.put(token.id(), token));
    Map<TokenDigest, PresentedToken<T>> result = new HashMap<>();
    presented.forEach(
        (digest, secret) -> {
          T token = tokens.get(secret.tokenId());
          if (token != null) {
            result.put(digest, new PresentedToken<>(token, secret.number()));
          }
        });
    return result;
  }

  /**
   * Reads the rows that have one of the given values in a column. The statement is native SQL,
   * because Hibernate would translate a query with a list parameter at each call.
   */
  private List<? extends AccessTokenEntity<T>> select(
      StatelessSession session, String column, List<?> anyOf) {
    if (anyOf.isEmpty()) {
      return List.of();
    }
    InList<?> values = InList.of(anyOf);
    String sql = "select * from " + table + " where " + column + " in " + values.marks();
    return values.bind(session.createNativeQuery(sql, rows)).getResultList();
  }

  /** Locks the row of a token. Returns empty if there is no such token. */
  Optional<AccessTokenEntity<T>> locked(StatelessSession session, UUID id) {
    return Optional.ofNullable(
        session
            .createNativeQuery("select * from " + table + " where id = :id for update", rows)
            .setParameter("id", id.toString())
            .getSingleResultOrNull());
  }

  /**
   * Returns the digest of the raw token with the current secret; empty if the token does not exist.
   */
  Optional<TokenDigest> digest(StatelessSession session, UUID id) {
    return session
        .createSelectionQuery(
            "select t.tokenHash from " + rows.getSimpleName() + " t where t.id = :id", byte[].class)
        .setParameter("id", id.toString())
        .uniqueResultOptional()
        .map(TokenDigest::of);
  }

  /**
   * Revokes a token and writes the audit log and the notices. Does not write the feed entries.
   *
   * @return the outcome, and the feed entries that the caller must write
   * @see AccessTokenStore#revoke
   */
  ChangeResult<StoredChange<Revocation>> revoke(
      StatelessSession session,
      NoticeOutbox outbox,
      UUID id,
      @Nullable Integer secretNumber,
      Supplier<AuditEvent> revoked) {
    AccessTokenEntity<T> row = locked(session, id).orElse(null);
    if (row == null) {
      return ChangeResult.unchanged(new StoredChange<>(Revocation.NOT_FOUND, Set.of()));
    }
    if (!row.isRevoked() && secretNumber != null && secretNumber != row.secretNumber()) {
      return ChangeResult.unchanged(new StoredChange<>(Revocation.SECRET_REPLACED, Set.of()));
    }
    StoredDigests digests = StoredDigests.read(session, row);
    if (row.isRevoked()) {
      return ChangeResult.alreadyDone(
          new StoredChange<>(Revocation.ALREADY_REVOKED, digests.all()),
          ChangeCounter.read(session));
    }
    AuditEvent event = revoked.get();
    markRevoked(session, id, event.actor(), event.occurredAt());
    append(session, event);
    outbox.write(session, kind, List.of(event));
    return ChangeResult.changed(
        new StoredChange<>(Revocation.DONE, digests.all()),
        FeedEntries.of(ChangeFeed.REVOKED, digests.valid(), event.occurredAt()));
  }

  /**
   * Marks a token as revoked, without an audit event or a feed entry.
   *
   * @return true if this call revoked the token; false if the token was already revoked, or does
   *     not exist
   */
  boolean markRevoked(StatelessSession session, UUID id, String revokedBy, Instant revokedAt) {
    return session
            // Native SQL: the first translation of HQL can take longer than the database lets a
            // transaction be idle.
            .createNativeMutationQuery(
                "update "
                    + table
                    + " set revoked_at = :at, revoked_by = :by"
                    + " where id = :id and revoked_at is null")
            .setParameter("at", InstantConverter.column(revokedAt))
            .setParameter("by", revokedBy)
            .setParameter("id", id.toString())
            .executeUpdate()
        == 1;
  }

  /** Appends an event to the audit log of its token. */
  void append(StatelessSession session, AuditEvent event) {
    session.insert(newEvent.apply(session, event));
  }

  /** Returns a page of a token's audit log. */
  Page<AuditEvent> auditLog(StatelessSession session, UUID tokenId, long offset, int limit) {
    return new Page<>(events(session, tokenId, offset, limit), total(session, tokenId));
  }

  private List<AuditEvent> events(StatelessSession session, UUID tokenId, long offset, int limit) {
    if (limit == 0 || offset > Integer.MAX_VALUE) {
      return List.of();
    }
    return session
        .createSelectionQuery(
            "from "
                + events.getSimpleName()
                + " a where a.tokenId = :token order by a.occurredAt desc, a.seq desc",
            events)
        .setParameter("token", tokenId.toString())
        .setFirstResult((int) offset)
        .setMaxResults(limit)
        .getResultStream()
        .map(AuditColumns::event)
        .toList();
  }

  private BoundedCount total(StatelessSession session, UUID tokenId) {
    return BoundedCount.ofCounted(
        session
            .createNativeQuery(
                "select coalesce((select :most + 1 from "
                    + auditLog
                    + " where token_id = :token limit 1 offset :most),"
                    + " (select count(*) from "
                    + auditLog
                    + " where token_id = :token))",
                Long.class)
            .setParameter("token", tokenId.toString())
            .setParameter("most", (long) BoundedCount.EXACT_UP_TO)
            .getSingleResult());
  }

  /**
   * Returns the recorded uses of a token, or {@link TokenUsage#NONE} if the token does not exist.
   */
  TokenUsage usage(StatelessSession session, UUID id) {
    return session
        .createSelectionQuery("from " + uses.getSimpleName() + " u where u.id = :id", uses)
        .setParameter("id", id.toString())
        .uniqueResultOptional()
        .map(UsageColumns::usage)
        .orElse(TokenUsage.NONE);
  }
}
