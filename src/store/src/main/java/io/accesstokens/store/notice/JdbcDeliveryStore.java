package io.accesstokens.store.notice;

import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.query;
import static io.accesstokens.store.jdbc.Statements.update;
import static io.accesstokens.store.notice.NoticeTables.marks;

import io.accesstokens.notice.Channel;
import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.DeliveryStore;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeQueue;
import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.token.UuidGenerator;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/** Stores deliveries in the database of a token store. */
public final class JdbcDeliveryStore implements DeliveryStore {

  private static final Logger LOG = System.getLogger(JdbcDeliveryStore.class.getName());

  static final String PENDING = "pending";
  static final String SENT = "sent";
  static final String FAILED = "failed";
  static final String OMITTED = "omitted";

  static final String INSERT =
      "insert into access_token_notice_deliveries (id, delivery_key, channel, recipient, mail_day,"
          + " state, attempts, next_attempt_at, created_at) values (?, ?, ?, ?, ?, 'pending', 0, ?,"
          + " ?)";

  /** Maximum number of rows in a batch, so that a transaction is short. */
  private static final int BATCH = 100;

  private static final int MAX_ERROR = 200;

  /**
   * The event whose webhook deliveries come before all others, so that many other deliveries do not
   * delay them. Deliveries are ordered by the time of their next attempt. The first attempt of an
   * urgent delivery has a time before the creation of every other pending delivery.
   */
  private static final NoticeEvent URGENT = NoticeEvent.ENDED_SECRET_USED;

  private final Database database;
  private final UuidGenerator ids;

  public JdbcDeliveryStore(Database database, UuidGenerator ids) {
    this.database = database;
    this.ids = ids;
  }

  /**
   * Returns the latest instant at which a valid claim can end. A claim with a later end was written
   * with a wrong clock, and is ignored. The clocks of replicas differ by less than a lease.
   */
  static Instant latestValidEnd(Instant now, Duration lease) {
    return now.plus(lease.multipliedBy(2));
  }

  static void bind(
      PreparedStatement insert,
      UUID id,
      String key,
      Channel channel,
      String recipient,
      @Nullable LocalDate mailDay,
      Instant firstAttemptAt,
      Instant now)
      throws SQLException {
    insert.setString(1, id.toString());
    insert.setString(2, key);
    insert.setString(3, channel.text());
    insert.setString(4, recipient);
    insert.setObject(5, mailDay, Types.DATE);
    insert.setObject(6, InstantConverter.column(firstAttemptAt));
    insert.setObject(7, InstantConverter.column(now));
  }

  @Override
  public boolean addWebhookDeliveries(Map<String, Set<NoticeEvent>> endpoints, Instant now) {
    List<Notice> found =
        database.readJdbc(
            connection ->
                query(
                    connection,
                    "select "
                        + NoticeTables.COLUMNS
                        + " from access_token_notices n where n.webhooks_pending = true"
                        + " order by n.id limit "
                        + BATCH,
                    NoticeTables::notice));
    if (!found.isEmpty()) {
      database.writeJdbc(
          connection -> {
            addWebhookDeliveries(connection, found, endpoints, now);
            return found;
          });
    }
    return found.size() == BATCH;
  }

  private void addWebhookDeliveries(
      Connection connection,
      List<Notice> notices,
      Map<String, Set<NoticeEvent>> endpoints,
      Instant now)
      throws SQLException {
    try (PreparedStatement delivery = connection.prepareStatement(INSERT);
        PreparedStatement item =
            connection.prepareStatement(
                "insert into access_token_notice_items"
                    + " (notice_id, channel, recipient, delivery_id) values (?, ?, ?, ?)")) {
      boolean any = false;
      for (Notice notice : notices) {
        // Another replica may have done the same in the meantime. Its row lock ends before this
        // update reads the row.
        int changed =
            update(
                connection,
                "update access_token_notices set webhooks_pending = false"
                    + " where id = ? and webhooks_pending = true",
                notice.id().toString());
        if (changed == 0) {
          continue;
        }
        for (Map.Entry<String, Set<NoticeEvent>> endpoint : endpoints.entrySet()) {
          if (endpoint.getValue().contains(notice.event())) {
            UUID id = ids.next();
            String name = endpoint.getKey();
            bind(
                delivery,
                id,
                "webhook:" + notice.id() + ':' + name,
                Channel.WEBHOOK,
                name,
                null,
                notice.event() == URGENT ? now.minus(RETENTION) : now,
                now);
            delivery.addBatch();
            item.setString(1, notice.id().toString());
            item.setString(2, Channel.WEBHOOK.text());
            item.setString(3, name);
            item.setString(4, id.toString());
            item.addBatch();
            any = true;
          }
        }
      }
      if (any) {
        delivery.executeBatch();
        item.executeBatch();
      }
    }
  }

  @Override
  public List<Delivery> claimWebhooks(String endpoint, int limit, Instant now, Duration lease) {
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

  @Override
  public List<Delivery> claimMails(int limit, Instant now, Duration lease) {
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
   * Returns the ids of deliveries that are due. There are two queries, so that each can use the
   * index: deliveries whose next attempt is due, and deliveries whose next attempt was planned with
   * a wrong clock.
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
    for (Instant nextAttempt : List.of(now, now.plus(MAX_DELAY))) {
      all.add(channel);
      all.addAll(parameters);
      all.addAll(List.of(nextAttempt, now, latestValidEnd(now, lease), limit));
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
   * Claims those of the deliveries that no other process has claimed or attempted since they were
   * read.
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
                now.plus(MAX_DELAY),
                now,
                latestValidEnd(now, lease));
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
                    row.getString("channel").equals(Channel.MAIL.text())
                        ? Channel.MAIL
                        : Channel.WEBHOOK,
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

  /**
   * The condition for an outdated notice about an expiry. It has three cases:
   *
   * <ol>
   *   <li>The token is revoked.
   *   <li>The secret of the notice has another expiry now.
   *   <li>The token has a new secret with another expiry, and a client has used the new secret.
   *       Before this use, all clients may depend on the previous secret.
   * </ol>
   *
   * <p>After a rotation that keeps the expiry, the notice is still correct. The daily job does not
   * write a notice with the same key again, so this notice must be sent.
   */
  private static final String OUTDATED =
      "n.event in ('token.expiring', 'token.expired') and (exists (select 1 from"
          + " service_access_tokens t where t.id = n.token_id and "
          + outdated("t.token_prefix")
          + ") or exists (select 1 from personal_access_tokens t where t.id = n.token_id and "
          + outdated("t.prefix")
          + "))";

  private static String outdated(String prefix) {
    return "(t.revoked_at is not null or (t.expires_at <> n.expires_at and ("
        + prefix
        + " = n.token_prefix or t.secret_used_at is not null)))";
  }

  @Override
  public boolean sent(Delivery delivery, Instant now) {
    return finish(delivery, SENT, 1, null, now);
  }

  @Override
  public boolean failed(Delivery delivery, String error, Instant nextAttemptAt) {
    return database.writeJdbc(
            connection ->
                update(
                    connection,
                    "update access_token_notice_deliveries set attempts = attempts + 1,"
                        + " last_error = ?, next_attempt_at = ?, claim = null,"
                        + " claimed_until = null where id = ? and claim = ?",
                    bounded(error),
                    nextAttemptAt,
                    delivery.id().toString(),
                    delivery.claim().toString()))
        == 1;
  }

  @Override
  public boolean abandoned(Delivery delivery, String error, Instant now) {
    return finish(delivery, FAILED, 1, error, now);
  }

  @Override
  public boolean cancelled(Delivery delivery, String error, Instant now) {
    return finish(delivery, FAILED, 0, error, now);
  }

  /**
   * Ends a delivery.
   *
   * @param attempts the number of attempts since the claim, 0 or 1
   */
  private boolean finish(
      Delivery delivery, String state, int attempts, @Nullable String error, Instant now) {
    return database.writeJdbc(
            connection ->
                update(
                    connection,
                    "update access_token_notice_deliveries set state = ?, attempts = attempts + ?,"
                        + " last_error = ?, ended_at = ?, claim = null, claimed_until = null"
                        + " where id = ? and claim = ?",
                    state,
                    attempts,
                    error == null ? null : bounded(error),
                    now,
                    delivery.id().toString(),
                    delivery.claim().toString()))
        == 1;
  }

  private static String bounded(String error) {
    return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
  }

  @Override
  public void omitted(Delivery delivery, Instant now) {
    var unused = finish(delivery, OMITTED, 0, null, now);
  }

  @Override
  public void release(Delivery delivery) {
    var unused =
        database.writeJdbc(
            connection ->
                update(
                    connection,
                    "update access_token_notice_deliveries set claim = null, claimed_until = null"
                        + " where id = ? and claim = ?",
                    delivery.id().toString(),
                    delivery.claim().toString()));
  }

  @Override
  public void endEndpoint(String endpoint, String address, String error, Instant now) {
    if (!isEnded(endpoint, address)) {
      try {
        var unused =
            database.writeJdbc(
                connection ->
                    update(
                        connection,
                        "insert into access_token_notice_ended_endpoints"
                            + " (endpoint, address, ended_at) values (?, ?, ?)",
                        endpoint,
                        address,
                        now));
      } catch (ConstraintViolationException e) {
        LOG.log(
            Level.DEBUG,
            "another replica has already recorded the end of the endpoint {0}",
            endpoint);
      }
    }
    int changed;
    do {
      List<String> left =
          database.readJdbc(
              connection ->
                  List.copyOf(
                      NoticeTables.texts(
                          connection,
                          "select id from access_token_notice_deliveries where channel = 'webhook'"
                              + " and state = 'pending' and recipient = ? limit "
                              + BATCH,
                          List.of(endpoint))));
      changed = left.size();
      if (changed > 0) {
        var unused = database.writeJdbc(connection -> abandon(connection, left, error, now));
      }
    } while (changed == BATCH);
  }

  private static int abandon(Connection connection, List<String> ids, String error, Instant now)
      throws SQLException {
    int changed = 0;
    for (String id : ids.stream().sorted().toList()) {
      changed +=
          update(
              connection,
              "update access_token_notice_deliveries set state = 'failed', last_error = ?,"
                  + " ended_at = ?, claim = null, claimed_until = null"
                  + " where id = ? and state = 'pending'",
              bounded(error),
              now,
              id);
    }
    return changed;
  }

  @Override
  public boolean isEnded(String endpoint, String address) {
    return !database
        .readJdbc(
            connection ->
                NoticeTables.texts(
                    connection,
                    "select endpoint from access_token_notice_ended_endpoints"
                        + " where endpoint = ? and address = ?",
                    List.of(endpoint, address)))
        .isEmpty();
  }

  @Override
  public NoticeQueue queue(Instant now) {
    return database.readJdbc(
        connection ->
            first(
                    connection,
                    "select count(*) as length, min(q.created_at) as oldest from (select"
                        + " created_at from access_token_notice_deliveries where state = 'pending'"
                        + " order by created_at limit "
                        + NoticeQueue.MAX_LENGTH
                        + ") q",
                    row -> queue(row, now))
                .orElseThrow());
  }

  private static NoticeQueue queue(ResultSet row, Instant now) throws SQLException {
    Instant oldest = NoticeTables.instant(row, "oldest");
    Duration age = oldest == null ? Duration.ZERO : Duration.between(oldest, now);
    return new NoticeQueue(row.getInt("length"), age.isNegative() ? Duration.ZERO : age);
  }

  @Override
  public void trim(Instant now) {
    Instant before = now.minus(RETENTION);
    for (NoticeEvent event : NoticeEvent.values()) {
      // A threshold can be longer than the retention time. The key of a notice about a coming
      // expiry must exist until the expiry, because the daily job would write the notice again
      // otherwise.
      trim(
          "access_token_notices",
          "event = '"
              + event.text()
              + "' and "
              + (event == NoticeEvent.EXPIRING ? "expires_at" : "occurred_at"),
          "notice_id",
          before);
    }
    for (String state : List.of(PENDING, SENT, FAILED, OMITTED)) {
      trim(
          "access_token_notice_deliveries",
          "state = '" + state + "' and created_at",
          "delivery_id",
          before);
    }
  }

  /**
   * Deletes the rows of a table that are older than {@code before}, with their items.
   *
   * @param time the condition for the rows, which ends with the column of their time
   * @param reference the column of the items with the id of a row
   */
  private void trim(String table, String time, String reference, Instant before) {
    String old = "select id from " + table + " where " + time + " < ? limit " + BATCH;
    database.inBatches(
        BATCH,
        session ->
            session.doReturningWork(
                connection -> query(connection, old, row -> row.getString(1), before)),
        (session, ids) ->
            session.doWork(
                connection -> {
                  for (String id : ids.stream().sorted().toList()) {
                    update(
                        connection,
                        "delete from access_token_notice_items where " + reference + " = ?",
                        id);
                    update(connection, "delete from " + table + " where id = ?", id);
                  }
                }));
  }
}
