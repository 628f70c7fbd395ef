package io.accesstokens.store.notice;

import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.query;
import static io.accesstokens.store.jdbc.Statements.update;
import static io.accesstokens.store.notice.NoticeTables.marks;

import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.DeliveryStore;
import io.accesstokens.notice.Notice;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.token.UuidGenerator;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Claims deliveries that are due. Only one process at a time can hold the claim on a delivery. */
final class DeliveryClaims {

  /**
   * The condition for an outdated notice about an expiry. A notice is outdated in three cases:
   *
   * <ol>
   *   <li>The token is revoked.
   *   <li>The secret of the notice has another expiry now.
   *   <li>The token has a new secret with another expiry, and a client has used the new secret.
   *       Before this use, all clients may depend on the previous secret.
   * </ol>
   *
   * <p>After a rotation that keeps the expiry, the notice is still correct. This notice must be
   * sent, because the daily job does not write a notice with the same key again.
   */
  private static final String OUTDATED =
      "n.event in ('token.expiring', 'token.expired') and (exists (select 1 from"
          + " service_access_tokens t where t.id = n.token_id and "
          + outdated("t.token_prefix")
          + ") or exists (select 1 from personal_access_tokens t where t.id = n.token_id and "
          + outdated("t.prefix")
          + "))";

  private final Database database;
  private final UuidGenerator ids;

  DeliveryClaims(Database database, UuidGenerator ids) {
    this.database = database;
    this.ids = ids;
  }

  /** Claims deliveries of a webhook endpoint that are due. */
  List<Delivery> claimWebhooks(String endpoint, int limit, Instant now, Duration lease) {
    List<String> due =
        database.readJdbc(
            connection ->
                due(
                    connection,
                    " and d.recipient = ?",
                    List.of(endpoint),
                    limit,
                    now,
                    lease,
                    "webhook"));
    return claim(due, now, lease);
  }

  /** Claims mails that are due. */
  List<Delivery> claimMails(int limit, Instant now, Duration lease) {
    LocalDate tomorrow = LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(1);
    List<String> due =
        database.readJdbc(
            connection ->
                due(
                    connection,
                    // A job that runs can still add notices to the mails of its day.
                    " and (d.mail_day <= (select j.last_day from access_token_notice_job j"
                        + " where j.id = 1) or d.mail_day > ? and exists (select j.id from"
                        + " access_token_notice_job j where j.id = 1 and j.claim is null))",
                    List.of(tomorrow),
                    limit,
                    now,
                    lease,
                    "mail"));
    return claim(due, now, lease);
  }

  /**
   * Returns the ids of deliveries that are due. One query finds the deliveries whose next attempt
   * is due. Another query finds the deliveries whose next attempt was planned with a wrong clock. A
   * single query for both could not use the index.
   */
  private static List<String> due(
      Connection connection,
      String condition,
      List<?> parameters,
      int limit,
      Instant now,
      Duration lease,
      String channel)
      throws SQLException {
    String sql =
        "(" + dueQuery(condition, "<=") + ") union all (" + dueQuery(condition, ">") + ") limit ?";
    List<Object> all = new ArrayList<>();
    for (Instant nextAttempt : List.of(now, now.plus(DeliveryStore.MAX_DELAY))) {
      all.add(channel);
      all.addAll(parameters);
      all.addAll(List.of(nextAttempt, now, DeliveryTable.latestValidEnd(now, lease), limit));
    }
    all.add(limit);
    return query(connection, sql, row -> row.getString(1), all.toArray());
  }

  private static String dueQuery(String condition, String comparison) {
    return "select d.id from access_token_notice_deliveries d where d.channel = ? and d.state ="
        + " 'pending'"
        + condition
        + " and d.next_attempt_at "
        + comparison
        + " ? and (d.claimed_until is null or d.claimed_until < ? or d.claimed_until > ?)"
        + " order by d.next_attempt_at limit ?";
  }

  /**
   * Claims the given deliveries. Omits deliveries that another process has claimed or attempted
   * since they were read.
   */
  List<Delivery> claim(List<String> due, Instant now, Duration lease) {
    if (due.isEmpty()) {
      return List.of();
    }
    UUID claim = ids.next();
    Instant until = now.plus(lease);
    return database.writeJdbc(
        connection -> {
          for (String id : due.stream().sorted().toList()) {
            update(
                connection,
                "update access_token_notice_deliveries set claim = ?, claimed_until = ?"
                    + " where id = ? and state = 'pending'"
                    + " and (next_attempt_at <= ? or next_attempt_at > ?)"
                    + " and (claimed_until is null or claimed_until < ? or claimed_until > ?)",
                claim.toString(),
                until,
                id,
                now,
                now.plus(DeliveryStore.MAX_DELAY),
                now,
                DeliveryTable.latestValidEnd(now, lease));
          }
          return claimed(connection, due, claim, until);
        });
  }

  private static List<Delivery> claimed(
      Connection connection, List<String> due, UUID claim, Instant until) throws SQLException {
    String sql =
        "select id, channel, recipient, attempts from access_token_notice_deliveries"
            + " where claim = ? and id in ("
            + marks(due.size())
            + ") order by next_attempt_at";
    List<String> parameters = new ArrayList<>(due);
    parameters.add(0, claim.toString());
    List<Delivery> claimed =
        query(
            connection,
            sql,
            row ->
                new Delivery(
                    UUID.fromString(row.getString("id")),
                    claim,
                    until,
                    DeliveryTable.channel(row),
                    row.getString("recipient"),
                    row.getInt("attempts"),
                    List.of(),
                    0),
            parameters.toArray());
    List<Delivery> complete = new ArrayList<>();
    for (Delivery delivery : claimed) {
      complete.add(withNotices(connection, delivery));
    }
    return complete;
  }

  private static Delivery withNotices(Connection connection, Delivery delivery)
      throws SQLException {
    String from =
        " from access_token_notice_items i join access_token_notices n on n.id = i.notice_id"
            + " where i.delivery_id = ? and not ("
            + OUTDATED
            + ")";
    String id = delivery.id().toString();
    List<Notice> notices =
        query(
            connection,
            "select "
                + NoticeTables.COLUMNS
                + from
                + " order by n.expires_at, n.id limit "
                + Delivery.MAX_NOTICES,
            NoticeTables::notice,
            id);
    int total = notices.size();
    if (total == Delivery.MAX_NOTICES) {
      total = first(connection, "select count(*)" + from, row -> row.getInt(1), id).orElse(total);
    }
    return new Delivery(
        delivery.id(),
        delivery.claim(),
        delivery.claimedUntil(),
        delivery.channel(),
        delivery.recipient(),
        delivery.attempts(),
        notices,
        total);
  }

  private static String outdated(String prefix) {
    return "(t.revoked_at is not null or (t.expires_at <> n.expires_at and ("
        + prefix
        + " = n.token_prefix or t.secret_used_at is not null)))";
  }
}
