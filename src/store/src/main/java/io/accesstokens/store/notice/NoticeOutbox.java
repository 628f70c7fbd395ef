package io.accesstokens.store.notice;

import io.accesstokens.notice.Notice;
import io.accesstokens.notice.Notice.SecretUse;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeRouting;
import io.accesstokens.notice.NoticeToken;
import io.accesstokens.store.jdbc.Statements;
import io.accesstokens.store.notice.NoticeTables.Pending;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.RawToken;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Writes the notices of changes. The transaction that changes a token calls {@link #write} after it
 * has written the token and the audit event. Therefore a notice exists exactly if the change was
 * committed.
 */
public final class NoticeOutbox {

  private final NoticeRouting routing;

  /**
   * Creates an outbox.
   *
   * @param routing selects the notices; without channels, nothing is written
   */
  public NoticeOutbox(NoticeRouting routing) {
    this.routing = routing;
  }

  /**
   * Writes the notices of audit events in the current transaction.
   *
   * @param kind the kind of the tokens
   * @param changes the audit events. Events that no notice reports, and events of unknown tokens,
   *     are ignored.
   */
  public void write(StatelessSession session, RawToken.Kind kind, Collection<AuditEvent> changes) {
    List<AuditEvent> reported =
        changes.stream()
            .filter(change -> NoticeEvent.of(change.type()).filter(routing::sends).isPresent())
            .toList();
    if (!reported.isEmpty()) {
      session.doWork(connection -> write(connection, kind, reported));
    }
  }

  private void write(Connection connection, RawToken.Kind kind, List<AuditEvent> changes)
      throws SQLException {
    Map<UUID, NoticeToken> tokens = tokens(connection, kind, changes);
    List<Pending> notices = new ArrayList<>();
    for (AuditEvent change : changes) {
      NoticeToken token = tokens.get(change.tokenId());
      NoticeEvent event = NoticeEvent.of(change.type()).orElseThrow();
      if (token != null) {
        notices.add(
            pending(
                new Notice(
                    change.id(),
                    change.id().toString(),
                    event,
                    null,
                    token,
                    change.actor(),
                    endedSecretUse(change),
                    change.occurredAt())));
      }
    }
    NoticeTables.insert(connection, notices);
  }

  private static @Nullable SecretUse endedSecretUse(AuditEvent change) {
    String prefix = change.metadata().get(AuditEvent.TOKEN_PREFIX);
    return change.type() == AuditEvent.Type.ENDED_SECRET_USED && prefix != null
        ? new SecretUse(prefix, change.metadata().get(AuditEvent.ADDRESS))
        : null;
  }

  private static Map<UUID, NoticeToken> tokens(
      Connection connection, RawToken.Kind kind, List<AuditEvent> changes) throws SQLException {
    Map<UUID, NoticeToken> tokens = new HashMap<>();
    String sql =
        NoticeTables.selectTokens(kind)
            + " where t.id in ("
            + NoticeTables.marks(changes.size())
            + ")";
    Statements.forEach(
        connection,
        sql,
        row -> {
          NoticeToken token = NoticeTables.token(kind, row);
          tokens.put(token.id(), token);
        },
        changes.stream().map(change -> change.tokenId().toString()).toArray());
    return tokens;
  }

  /** Returns a notice with the channels that report its event. */
  Pending pending(Notice notice) {
    return new Pending(
        notice, routing.sendsToWebhooks(notice.event()), routing.sendsMail(notice.event()));
  }
}
