package io.accesstokens.store.notice;

import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.query;
import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.notice.Channel;
import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.DeliveryStore;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeQueue;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.token.UuidGenerator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Stores deliveries in the database of a token store. */
public final class JdbcDeliveryStore implements DeliveryStore {

  /**
   * The event whose webhook deliveries are sent before all others, even if many other deliveries
   * are pending. Deliveries are sent in the order of the times of their next attempts. The time of
   * the first attempt is the time of the creation. Only for this event, it is earlier, and before
   * the times of all other deliveries.
   */
  private static final NoticeEvent URGENT = NoticeEvent.ENDED_SECRET_USED;

  private final Database database;
  private final UuidGenerator ids;
  final DeliveryClaims claims; // visible for a test
  private final DisabledEndpoints disabledEndpoints;

  public JdbcDeliveryStore(Database database, UuidGenerator ids) {
    this.database = database;
    this.ids = ids;
    this.claims = new DeliveryClaims(database, ids);
    this.disabledEndpoints = new DisabledEndpoints(database);
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
                        + DeliveryTable.BATCH,
                    NoticeTables::notice));
    if (!found.isEmpty()) {
      database.writeJdbc(
          connection -> {
            addWebhookDeliveries(connection, found, endpoints, now);
            return found;
          });
    }
    return found.size() == DeliveryTable.BATCH;
  }

  private void addWebhookDeliveries(
      Connection connection,
      List<Notice> notices,
      Map<String, Set<NoticeEvent>> endpoints,
      Instant now)
      throws SQLException {
    try (PreparedStatement delivery = connection.prepareStatement(DeliveryTable.INSERT);
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
            DeliveryTable.bind(
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
    return claims.claimWebhooks(endpoint, limit, now, lease);
  }

  @Override
  public List<Delivery> claimMails(int limit, Instant now, Duration lease) {
    return claims.claimMails(limit, now, lease);
  }

  @Override
  public boolean recordSent(Delivery delivery, Instant now) {
    return finish(delivery, DeliveryTable.SENT, 1, null, now);
  }

  @Override
  public boolean recordRetry(Delivery delivery, String error, Instant nextAttemptAt) {
    return database.writeJdbc(
            connection ->
                update(
                    connection,
                    "update access_token_notice_deliveries set attempts = attempts + 1,"
                        + " last_error = ?, next_attempt_at = ?, claim = null,"
                        + " claimed_until = null where id = ? and claim = ?",
                    DeliveryTable.bounded(error),
                    nextAttemptAt,
                    delivery.id().toString(),
                    delivery.claim().toString()))
        == 1;
  }

  @Override
  public boolean recordAbandoned(Delivery delivery, String error, Instant now) {
    return finish(delivery, DeliveryTable.FAILED, 1, error, now);
  }

  @Override
  public boolean recordCancelled(Delivery delivery, String error, Instant now) {
    return finish(delivery, DeliveryTable.FAILED, 0, error, now);
  }

  /**
   * Records the final state of a delivery.
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
                    error == null ? null : DeliveryTable.bounded(error),
                    now,
                    delivery.id().toString(),
                    delivery.claim().toString()))
        == 1;
  }

  @Override
  public void recordOmitted(Delivery delivery, Instant now) {
    var unused = finish(delivery, DeliveryTable.OMITTED, 0, null, now);
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
  public void disableEndpoint(String endpoint, String address, String error, Instant now) {
    disabledEndpoints.disable(endpoint, address, error, now);
  }

  @Override
  public boolean isDisabled(String endpoint, String address) {
    return disabledEndpoints.isDisabled(endpoint, address);
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
    NoticeTrim.trim(database, now);
  }
}
