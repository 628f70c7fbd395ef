package io.accesstokens.store.notice;

import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.store.jdbc.Database;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.hibernate.exception.ConstraintViolationException;

/** Records the webhook endpoints that accept no further deliveries. */
final class DisabledEndpoints {

  private static final Logger LOG = System.getLogger(DisabledEndpoints.class.getName());

  private final Database database;

  DisabledEndpoints(Database database) {
    this.database = database;
  }

  /**
   * Records that an endpoint accepts no further deliveries, and abandons its pending deliveries.
   */
  void disable(String endpoint, String address, String error, Instant now) {
    if (!isDisabled(endpoint, address)) {
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
        LOG.log(Level.DEBUG, "another replica has already disabled the endpoint {0}", endpoint);
      }
    }
    abandonPending(endpoint, error, now);
  }

  private void abandonPending(String endpoint, String error, Instant now) {
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
                              + DeliveryTable.BATCH,
                          List.of(endpoint))));
      changed = left.size();
      if (changed > 0) {
        var unused = database.writeJdbc(connection -> abandon(connection, left, error, now));
      }
    } while (changed == DeliveryTable.BATCH);
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
              DeliveryTable.bounded(error),
              now,
              id);
    }
    return changed;
  }

  /** Returns true if the endpoint with this URL accepts no further deliveries. */
  boolean isDisabled(String endpoint, String address) {
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
}
