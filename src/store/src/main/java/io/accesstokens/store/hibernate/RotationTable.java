package io.accesstokens.store.hibernate;

import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.SecretsState.EarlierRotation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Stores the rotations of requests with an {@link IdempotencyKey}. A repeated request finds the
 * earlier rotation by its key. A key belongs to one token. Rotations may be read and written only
 * while the row of this token is locked.
 */
final class RotationTable {

  private RotationTable() {}

  static Optional<EarlierRotation> find(Connection connection, String key) throws SQLException {
    return first(
        connection,
        "select request, secret_number, rotated_at from access_token_rotations"
            + " where repeat_key = ?",
        row ->
            new EarlierRotation(
                row.getString(1),
                row.getInt(2),
                row.getObject(3, LocalDateTime.class).toInstant(ZoneOffset.UTC)),
        key);
  }

  /**
   * Writes a rotation.
   *
   * @param exists true if the table has a row with the key of the rotation
   */
  static void write(
      Connection connection,
      IdempotencyKey key,
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
    int written =
        update(connection, sql, key.request(), tokenId, secretNumber, rotatedAt, key.key());
    if (written != 1) {
      // Maintenance has just deleted the row.
      write(connection, key, tokenId, secretNumber, rotatedAt, false);
    }
  }
}
