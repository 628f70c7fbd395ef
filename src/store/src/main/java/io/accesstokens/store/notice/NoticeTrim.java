package io.accesstokens.store.notice;

import static io.accesstokens.store.jdbc.Statements.query;
import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.notice.DeliveryStore;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.store.jdbc.Database;
import java.time.Instant;
import java.util.List;

/** Deletes notices and deliveries after their retention time. */
final class NoticeTrim {

  private NoticeTrim() {}

  /** Deletes notices and deliveries as {@link DeliveryStore#trim} describes. */
  static void trim(Database database, Instant now) {
    Instant before = now.minus(DeliveryStore.RETENTION);
    for (NoticeEvent event : NoticeEvent.values()) {
      // A threshold can be longer than the retention time. The key of a notice about a coming
      // expiry must exist until the expiry, because the daily job would write the notice again
      // otherwise.
      trim(
          database,
          "access_token_notices",
          "event = '"
              + event.text()
              + "' and "
              + (event == NoticeEvent.EXPIRING ? "expires_at" : "occurred_at"),
          "notice_id",
          before);
    }
    for (String state :
        List.of(
            DeliveryTable.PENDING,
            DeliveryTable.SENT,
            DeliveryTable.FAILED,
            DeliveryTable.OMITTED)) {
      trim(
          database,
          "access_token_notice_deliveries",
          "state = '" + state + "' and created_at",
          "delivery_id",
          before);
    }
  }

  /**
   * Deletes the rows of a table that are older than {@code before}, and the rows of {@code
   * access_token_notice_items} that refer to them.
   *
   * @param time the condition that selects the rows; ends with the name of the column that contains
   *     their time
   * @param reference the name of the column in {@code access_token_notice_items} that contains the
   *     id of a row of the table
   */
  private static void trim(
      Database database, String table, String time, String reference, Instant before) {
    String old = "select id from " + table + " where " + time + " < ? limit " + DeliveryTable.BATCH;
    database.inBatches(
        DeliveryTable.BATCH,
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
