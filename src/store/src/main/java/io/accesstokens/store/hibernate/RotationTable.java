package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.token.store.RepeatKey;
import io.accesstokens.token.store.SecretsState.EarlierRotation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Stores the rotations that clients may repeat. A key belongs to one token, and the lock on the row
 * of this token guards the key.
 */
final class RotationTable {

  private RotationTable() {}

  static Optional<EarlierRotation> find(Connection connection, String key) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select request, secret_number, rotated_at from access_token_rotations"
                + " where repeat_key = ?")) {
      statement.setString(1, key);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new EarlierRotation(
                    row.getString(1),
                    row.getInt(2),
                    row.getObject(3, LocalDateTime.class).toInstant(ZoneOffset.UTC)))
            : Optional.empty();
      }
    }
  }

  /**
   * Writes a rotation.
   *
   * @param exists true if the table has a row with this key
   */
  static void write(
      Connection connection,
      RepeatKey key,
      String tokenId,
      int secretNumber,
      Instant rotatedAt,
      boolean exists)
      throws SQLException {
    String sql =
        exists
            ? "update access_token_rotations set request = ?, token_id = ?, secret_number = ?,"
                + " rotated_at = ? where repeat_key = ?"
            : "insert into access_token_rotations (request, token_id, secret_number, rotated_at,"
                + " repeat_key) values (?, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, key.request());
      statement.setString(2, tokenId);
      statement.setInt(3, secretNumber);
      statement.setObject(4, InstantConverter.column(rotatedAt));
      statement.setString(5, key.key());
      if (statement.executeUpdate() != 1) {
        // Maintenance has just deleted the row.
        write(connection, key, tokenId, secretNumber, rotatedAt, false);
      }
    }
  }
}
