package io.accesstokens.store.notice;

import static io.accesstokens.store.notice.NoticeTables.marks;

import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeQuery;
import io.accesstokens.notice.NoticeReport;
import io.accesstokens.notice.NoticeReport.DeliveryReport;
import io.accesstokens.notice.NoticeReportStore;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.Statements;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.verify.EntityRef;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Reads notices and their deliveries from the database of a token store. */
public final class JdbcNoticeReportStore implements NoticeReportStore {

  private final Database database;

  public JdbcNoticeReportStore(Database database) {
    this.database = database;
  }

  @Override
  public List<NoticeReport> list(NoticeQuery query, Instant since) {
    return database.readJdbc(connection -> read(connection, query, since));
  }

  private static List<NoticeReport> read(Connection connection, NoticeQuery query, Instant since)
      throws SQLException {
    List<Notice> notices = notices(connection, query, since);
    Map<UUID, List<DeliveryReport>> deliveries = deliveries(connection, notices);
    return notices.stream()
        .map(notice -> new NoticeReport(notice, deliveries.getOrDefault(notice.id(), List.of())))
        .toList();
  }

  private static List<Notice> notices(Connection connection, NoticeQuery query, Instant since)
      throws SQLException {
    StringBuilder sql =
        new StringBuilder("select ")
            .append(NoticeTables.COLUMNS)
            .append(
                " from access_token_notices n where n.token_kind = 'service' and n.occurred_at >="
                    + " ?");
    List<Object> parameters = new ArrayList<>();
    parameters.add(since);
    if (query.tokenId().isPresent()) {
      sql.append(" and n.token_id = ?");
      parameters.add(query.tokenId().get().toString());
    }
    if (query.groups().isPresent()) {
      List<String> groups =
          query.groups().get().stream().map(EntityRef::toString).sorted().toList();
      sql.append(" and n.owner_ref in (").append(marks(groups.size())).append(')');
      parameters.addAll(groups);
    }
    if (query.after().isPresent()) {
      ListPosition after = query.after().get();
      sql.append(" and n.occurred_at <= ? and (n.occurred_at < ? or n.id < ?)");
      parameters.add(after.createdAt());
      parameters.add(after.createdAt());
      parameters.add(after.id().toString());
    }
    sql.append(" order by n.occurred_at desc, n.id desc limit ?");
    parameters.add(query.limit());
    return Statements.query(connection, sql.toString(), NoticeTables::notice, parameters.toArray());
  }

  private static Map<UUID, List<DeliveryReport>> deliveries(
      Connection connection, List<Notice> notices) throws SQLException {
    Map<UUID, List<DeliveryReport>> deliveries = new HashMap<>();
    if (notices.isEmpty()) {
      return deliveries;
    }
    String sql =
        "select i.notice_id, d.channel, d.recipient, d.state, d.attempts, d.last_error,"
            // The first attempt of an urgent delivery has a time before its creation.
            + " greatest(d.next_attempt_at, d.created_at) as next_attempt_at, d.ended_at"
            + " from access_token_notice_items i"
            + " join access_token_notice_deliveries d on d.id = i.delivery_id"
            + " where i.notice_id in ("
            + marks(notices.size())
            + ") order by d.channel, d.recipient";
    Statements.forEach(
        connection,
        sql,
        row ->
            deliveries
                .computeIfAbsent(
                    UUID.fromString(row.getString("notice_id")), id -> new ArrayList<>())
                .add(delivery(row)),
        notices.stream().map(notice -> notice.id().toString()).toArray());
    return deliveries;
  }

  private static DeliveryReport delivery(ResultSet row) throws SQLException {
    String state = row.getString("state");
    boolean pending = state.equals(DeliveryTable.PENDING);
    return new DeliveryReport(
        DeliveryTable.channel(row),
        row.getString("recipient"),
        state,
        row.getInt("attempts"),
        row.getString("last_error"),
        pending ? NoticeTables.instant(row, "next_attempt_at") : null,
        NoticeTables.instant(row, "ended_at"));
  }
}
