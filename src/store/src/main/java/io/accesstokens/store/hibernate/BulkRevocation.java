package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.JsonText;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.feed.FeedEntries;
import io.accesstokens.store.feed.VerdictChanges.Written;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.TokenDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.StatelessSession;

/** Reads and revokes several service tokens, with few statements. */
final class BulkRevocation {

  private record Found(String id, String group, boolean unrevoked, TokenDigest digest) {}

  private BulkRevocation() {}

  static Map<UUID, ServiceToken> find(StatelessSession session, Set<UUID> ids) {
    Map<UUID, ServiceToken> found = new HashMap<>();
    if (!ids.isEmpty()) {
      session
          .createSelectionQuery("from TokenEntity t where t.id in (:ids)", TokenEntity.class)
          .setParameterList("ids", texts(ids))
          .getResultStream()
          .map(TokenEntity::token)
          .forEach(token -> found.put(token.id(), token));
    }
    return found;
  }

  static Map<UUID, TokenDigest> digests(StatelessSession session, Set<UUID> ids) {
    Map<UUID, TokenDigest> digests = new HashMap<>();
    if (!ids.isEmpty()) {
      session
          .createSelectionQuery(
              "select t.id, t.tokenHash from TokenEntity t where t.id in (:ids)", Object[].class)
          .setParameterList("ids", texts(ids))
          .getResultStream()
          .forEach(
              row ->
                  digests.put(UUID.fromString((String) row[0]), TokenDigest.of((byte[]) row[1])));
    }
    return digests;
  }

  /**
   * Returns the ids as sorted texts. All transactions lock rows in this order, so no deadlock can
   * occur.
   */
  private static List<String> texts(Collection<UUID> ids) {
    return ids.stream().map(UUID::toString).sorted().toList();
  }

  /**
   * Revokes the tokens that are not revoked yet, and writes the audit log. The method does not
   * write the feed entries.
   *
   * @return the outcome for each token, and the feed entries that the caller must write
   */
  static Written<Map<UUID, Revocation>> revoke(
      StatelessSession session, Map<UUID, AuditEvent> events, String by, Instant at) {
    Map<UUID, Revocation> outcomes = new HashMap<>();
    events.keySet().forEach(id -> outcomes.put(id, Revocation.NOT_FOUND));
    List<Found> live = new ArrayList<>();
    for (Found token : locked(session, texts(events.keySet()))) {
      outcomes.put(
          UUID.fromString(token.id()),
          token.unrevoked() ? Revocation.DONE : Revocation.ALREADY_REVOKED);
      if (token.unrevoked()) {
        live.add(token);
      }
    }
    if (live.isEmpty()) {
      return outcomes.containsValue(Revocation.ALREADY_REVOKED)
          ? Written.alreadyDone(outcomes, ChangeCounter.read(session))
          : Written.unchanged(outcomes);
    }
    session
        .createMutationQuery(
            "update TokenEntity t set t.revokedAt = :at, t.revokedBy = :by where t.id in (:ids)")
        .setParameter("at", at)
        .setParameter("by", by)
        .setParameterList("ids", live.stream().map(Found::id).toList())
        .executeUpdate();
    session.doWork(connection -> append(connection, live, events));
    List<FeedEntries.Entry> entries =
        live.stream()
            .map(token -> new FeedEntries.Entry(ChangeFeed.REVOKED, token.digest()))
            .toList();
    return Written.changed(outcomes, new FeedEntries(entries, at));
  }

  /**
   * Reads and locks the rows of tokens. Because of the lock, only one of several concurrent calls
   * revokes a token.
   */
  private static List<Found> locked(StatelessSession session, List<String> ids) {
    return session
        .createNativeQuery(
            "select t.id, t.group_entity_ref, case when t.revoked_at is null then 1 else 0 end,"
                + " t.token_hash from service_access_tokens t where t.id in (:ids)"
                + " order by t.id for update",
            Object[].class)
        .setParameterList("ids", ids)
        .getResultStream()
        .map(
            row ->
                new Found(
                    (String) row[0],
                    (String) row[1],
                    ((Number) row[2]).intValue() == 1,
                    TokenDigest.of((byte[]) row[3])))
        .toList();
  }

  private static void append(
      Connection connection, List<Found> tokens, Map<UUID, AuditEvent> events) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into service_access_token_audit_log (id, token_id, event, actor, metadata,"
                + " occurred_at, group_entity_ref) values (?, ?, ?, ?, ?, ?, ?)")) {
      for (Found token : tokens) {
        AuditEvent event = events.get(UUID.fromString(token.id()));
        if (event == null) {
          throw new IllegalStateException("a token was found that was not requested");
        }
        statement.setString(1, event.id().toString());
        statement.setString(2, token.id());
        statement.setString(3, event.type().text());
        statement.setString(4, event.actor());
        statement.setString(5, JsonText.ofMap(event.metadata()));
        statement.setObject(6, InstantConverter.column(event.occurredAt()));
        statement.setString(7, token.group());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
