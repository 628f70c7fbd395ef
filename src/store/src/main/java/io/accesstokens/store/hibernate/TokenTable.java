package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.AccessTokenEntity;
import io.accesstokens.store.entity.AuditColumns;
import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.PersonalAuditEntity;
import io.accesstokens.store.entity.PersonalTokenEntity;
import io.accesstokens.store.entity.PersonalUsageEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.entity.UsageColumns;
import io.accesstokens.store.entity.UsageEntity;
import io.accesstokens.store.feed.FeedEntries;
import io.accesstokens.store.feed.VerdictChanges.Written;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.listing.AuditLogReader;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.TokenDigest;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import org.hibernate.StatelessSession;

/**
 * Runs the statements that service tokens and personal tokens share.
 *
 * @param <T> the type of the tokens
 */
final class TokenTable<T extends AccessToken> {

  /** The tables of service tokens. */
  static final TokenTable<ServiceToken> SERVICE =
      new TokenTable<>(
          TokenEntity.class,
          AuditEntity.class,
          (session, event) ->
              new AuditEntity(event, AuditLogReader.groupOf(session, event.tokenId())),
          AuditEntity.TABLE,
          UsageEntity.class);

  /** The tables of personal tokens. */
  static final TokenTable<PersonalToken> PERSONAL =
      new TokenTable<>(
          PersonalTokenEntity.class,
          PersonalAuditEntity.class,
          (session, event) -> new PersonalAuditEntity(event),
          PersonalAuditEntity.TABLE,
          PersonalUsageEntity.class);

  private final Class<? extends AccessTokenEntity<T>> rows;
  private final String table;
  private final Class<? extends AuditColumns> events;
  private final BiFunction<StatelessSession, AuditEvent, AuditColumns> newEvent;
  private final String auditLog;
  private final Class<? extends UsageColumns> uses;

  private TokenTable(
      Class<? extends AccessTokenEntity<T>> rows,
      Class<? extends AuditColumns> events,
      BiFunction<StatelessSession, AuditEvent, AuditColumns> newEvent,
      String auditLog,
      Class<? extends UsageColumns> uses) {
    this.rows = rows;
    this.table = rows.getAnnotation(Table.class).name();
    this.events = events;
    this.newEvent = newEvent;
    this.auditLog = auditLog;
    this.uses = uses;
  }

  /** Returns the token with the given id, or empty if there is no such token. */
  Optional<T> find(StatelessSession session, UUID id) {
    return session
        .createSelectionQuery("from " + rows.getSimpleName() + " t where t.id = :id", rows)
        .setParameter("id", id.toString())
        .uniqueResultOptional()
        .map(AccessTokenEntity::token);
  }

  /** Returns the token whose raw token has the given digest, or empty if there is no such token. */
  Optional<T> find(StatelessSession session, TokenDigest digest) {
    return session
        .createSelectionQuery("from " + rows.getSimpleName() + " t where t.tokenHash = :hash", rows)
        .setParameter("hash", digest.bytes())
        .uniqueResultOptional()
        .map(AccessTokenEntity::token);
  }

  /**
   * Returns the tokens whose raw tokens have one of the given digests, by digest.
   *
   * <p>The number of parameters is rounded up to a power of two, so that the database prepares only
   * a few different statements. The statement is native SQL, because Hibernate would translate a
   * query with a list parameter at each call.
   */
  Map<TokenDigest, T> find(StatelessSession session, Set<TokenDigest> digests) {
    if (digests.isEmpty()) {
      return Map.of();
    }
    List<TokenDigest> all = List.copyOf(digests);
    int parameters = Integer.highestOneBit(2 * all.size() - 1);
    String marks = String.join(", ", Collections.nCopies(parameters, "?"));
    var query =
        session.createNativeQuery(
            "select * from " + table + " where token_hash in (" + marks + ")", rows);
    for (int i = 0; i < parameters; i++) {
      query.setParameter(i + 1, all.get(Math.min(i, all.size() - 1)).bytes());
    }
    Map<TokenDigest, T> found = new HashMap<>();
    query.getResultList().forEach(row -> found.put(row.digest(), row.token()));
    return found;
  }

  /** Returns the digest of a token's raw token, or empty if the token does not exist. */
  Optional<TokenDigest> digest(StatelessSession session, UUID id) {
    return session
        .createSelectionQuery(
            "select t.tokenHash from " + rows.getSimpleName() + " t where t.id = :id", byte[].class)
        .setParameter("id", id.toString())
        .uniqueResultOptional()
        .map(TokenDigest::of);
  }

  /**
   * Revokes a token and writes the audit log. Does not write the feed entry.
   *
   * @return the outcome, and the feed entry that the caller must write
   */
  Written<Revocation> revoke(
      StatelessSession session, UUID id, String revokedBy, Instant revokedAt, AuditEvent revoked) {
    boolean done = markRevoked(session, id, revokedBy, revokedAt);
    Optional<TokenDigest> digest = digest(session, id);
    if (digest.isEmpty()) {
      return Written.unchanged(Revocation.NOT_FOUND);
    }
    if (!done) {
      return Written.alreadyDone(Revocation.ALREADY_REVOKED, ChangeCounter.read(session));
    }
    append(session, revoked);
    return Written.changed(
        Revocation.DONE,
        new FeedEntries(
            List.of(new FeedEntries.Entry(ChangeFeed.REVOKED, digest.get())), revokedAt));
  }

  /**
   * Marks a token as revoked, without an audit event or a feed entry.
   *
   * @return true if this call revoked the token; false if the token was already revoked, or does
   *     not exist
   */
  boolean markRevoked(StatelessSession session, UUID id, String revokedBy, Instant revokedAt) {
    return session
            .createMutationQuery(
                "update "
                    + rows.getSimpleName()
                    + " t set t.revokedAt = :at, t.revokedBy = :by"
                    + " where t.id = :id and t.revokedAt is null")
            .setParameter("at", revokedAt)
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
  Page<AuditEvent> audit(StatelessSession session, UUID tokenId, long offset, int limit) {
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
