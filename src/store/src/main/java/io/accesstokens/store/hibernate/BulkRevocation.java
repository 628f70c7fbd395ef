package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.JsonText;
import io.accesstokens.store.feed.FeedEntries;
import io.accesstokens.store.feed.VerdictChanges.ChangeResult;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.listing.SecretTable;
import io.accesstokens.store.notice.NoticeOutbox;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.StatelessSession;

/** Revokes several tokens, with few statements. */
final class BulkRevocation {

  /**
   * A token whose row is locked.
   *
   * @param group the group of a service token; empty for a personal token
   */
  private record LockedToken(
      String id, String group, boolean unrevoked, TokenDigest digest, boolean rotated) {}

  private BulkRevocation() {}

  /**
   * Returns the ids as sorted texts. Concurrent calls, and {@link UsageTable}, lock rows in this
   * order, which prevents deadlocks between them.
   */
  private static List<String> texts(Collection<UUID> ids) {
    return ids.stream().map(UUID::toString).sorted().toList();
  }

  /**
   * Revokes the tokens that are not revoked yet, and writes the audit log and the notices. The
   * method does not write the feed entries.
   *
   * @param ids the ids of the tokens
   * @param revoked creates the audit events for the ids of the tokens that are not revoked yet, and
   *     returns them by token id. Called while the rows of all tokens are locked, and only if at
   *     least one token is not revoked yet.
   * @return the outcome for each token, and the feed entries that the caller must write
   */
  static ChangeResult<StoredChange<Map<UUID, Revocation>>> revoke(
      StatelessSession session,
      TokenTable<?> table,
      NoticeOutbox outbox,
      Collection<UUID> ids,
      Function<Set<UUID>, Map<UUID, AuditEvent>> revoked) {
    Map<UUID, Revocation> outcomes = new HashMap<>();
    ids.forEach(id -> outcomes.put(id, Revocation.NOT_FOUND));
    List<LockedToken> live = new ArrayList<>();
    List<LockedToken> tokens = ids.isEmpty() ? List.of() : locked(session, table, texts(ids));
    for (LockedToken token : tokens) {
      outcomes.put(
          UUID.fromString(token.id()),
          token.unrevoked() ? Revocation.DONE : Revocation.ALREADY_REVOKED);
      if (token.unrevoked()) {
        live.add(token);
      }
    }
    Map<String, SecretTable.OtherDigests> others =
        SecretTable.digests(
            session, tokens.stream().filter(LockedToken::rotated).map(LockedToken::id).toList());
    StoredChange<Map<UUID, Revocation>> result =
        new StoredChange<>(outcomes, digests(tokens, others).all());
    if (live.isEmpty()) {
      return tokens.isEmpty()
          ? ChangeResult.unchanged(result)
          : ChangeResult.alreadyDone(result, ChangeCounter.read(session));
    }
    Map<String, AuditEvent> events = events(live, revoked);
    AuditEvent one = events.values().iterator().next();
    session
        // Native SQL: the first translation of HQL can take longer than the database lets a
        // transaction be idle.
        .createNativeMutationQuery(
            "update " + table.name() + " set revoked_at = :at, revoked_by = :by where id in (:ids)")
        .setParameter("at", InstantConverter.column(one.occurredAt()))
        .setParameter("by", one.actor())
        .setParameterList("ids", live.stream().map(LockedToken::id).toList())
        .executeUpdate();
    session.doWork(connection -> append(connection, table, live, events));
    outbox.write(session, table.kind(), List.copyOf(events.values()));
    return ChangeResult.changed(
        result,
        FeedEntries.of(ChangeFeed.REVOKED, digests(live, others).valid(), one.occurredAt()));
  }

  /** Returns the audit events of tokens, by the text of the token id. */
  private static Map<String, AuditEvent> events(
      List<LockedToken> live, Function<Set<UUID>, Map<UUID, AuditEvent>> revoked) {
    Set<UUID> ids = new LinkedHashSet<>();
    live.forEach(token -> ids.add(UUID.fromString(token.id())));
    Map<UUID, AuditEvent> created = revoked.apply(ids);
    Map<String, AuditEvent> events = new LinkedHashMap<>();
    ids.forEach(
        id -> events.put(id.toString(), Objects.requireNonNull(created.get(id), "no event")));
    return events;
  }

  private static StoredDigests digests(
      List<LockedToken> tokens, Map<String, SecretTable.OtherDigests> others) {
    StoredDigests digests = new StoredDigests();
    for (LockedToken token : tokens) {
      digests.addCurrent(token.digest());
      digests.addOthers(others.getOrDefault(token.id(), SecretTable.OtherDigests.none()));
    }
    return digests;
  }

  /**
   * Reads and locks the rows of tokens. Because of the lock, only one of several concurrent calls
   * revokes a token.
   */
  private static List<LockedToken> locked(
      StatelessSession session, TokenTable<?> table, List<String> ids) {
    return session
        .createNativeQuery(
            "select t.id, "
                + (hasGroup(table) ? "t.group_entity_ref" : "''")
                + ", case when t.revoked_at is null then 1 else 0 end,"
                + " t.token_hash, t.secret_number from "
                + table.name()
                + " t where t.id in (:ids) order by t.id for update",
            Object[].class)
        .setParameterList("ids", ids)
        .getResultStream()
        .map(
            row ->
                new LockedToken(
                    (String) row[0],
                    (String) row[1],
                    ((Number) row[2]).intValue() == 1,
                    TokenDigest.of((byte[]) row[3]),
                    ((Number) row[4]).intValue() > 1))
        .toList();
  }

  private static boolean hasGroup(TokenTable<?> table) {
    return table.kind() == RawToken.Kind.SERVICE;
  }

  private static void append(
      Connection connection,
      TokenTable<?> table,
      List<LockedToken> tokens,
      Map<String, AuditEvent> events)
      throws SQLException {
    String columns = "id, token_id, event, actor, metadata, occurred_at";
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into "
                + table.auditLog()
                + (hasGroup(table)
                    ? " (" + columns + ", group_entity_ref) values (?, ?, ?, ?, ?, ?, ?)"
                    : " (" + columns + ") values (?, ?, ?, ?, ?, ?)"))) {
      for (LockedToken token : tokens) {
        AuditEvent event = Objects.requireNonNull(events.get(token.id()));
        statement.setString(1, event.id().toString());
        statement.setString(2, token.id());
        statement.setString(3, event.type().text());
        statement.setString(4, event.actor());
        statement.setString(5, JsonText.ofMap(event.metadata()));
        statement.setObject(6, InstantConverter.column(event.occurredAt()));
        if (hasGroup(table)) {
          statement.setString(7, token.group());
        }
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
