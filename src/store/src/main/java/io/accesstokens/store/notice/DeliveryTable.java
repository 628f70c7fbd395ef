package io.accesstokens.store.notice;

import io.accesstokens.notice.Channel;
import io.accesstokens.store.entity.InstantConverter;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Defines the states of deliveries, and converts values to and from their rows. */
final class DeliveryTable {

  static final String PENDING = "pending";
  static final String SENT = "sent";
  static final String FAILED = "failed";
  static final String OMITTED = "omitted";

  static final String INSERT =
      "insert into access_token_notice_deliveries (id, delivery_key, channel, recipient, mail_day,"
          + " state, attempts, next_attempt_at, created_at) values (?, ?, ?, ?, ?, 'pending', 0, ?,"
          + " ?)";

  private static final int MAX_ERROR = 200;

  /** Maximum number of rows in a batch, so that a transaction is short. */
  static final int BATCH = 100;

  private DeliveryTable() {}

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

  /** Reads the channel of a delivery. */
  static Channel channel(ResultSet row) throws SQLException {
    return row.getString("channel").equals(Channel.MAIL.text()) ? Channel.MAIL : Channel.WEBHOOK;
  }

  /** Returns the text of an error, cut to the length of its column. */
  static String bounded(String error) {
    return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
  }
}
