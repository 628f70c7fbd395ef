package io.accesstokens.store.hibernate;

import static io.accesstokens.store.jdbc.Statements.batch;
import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.store.listing.SecretTable;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.rotation.EndedSecretUse;
import io.accesstokens.verify.PresentedSecret.SecretId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Records the uses of secrets that are not current. The rows of their tokens must be locked, so
 * that no secret is replaced at the same time.
 */
final class SecretUses {

  /**
   * SQL statement that adds the uses of one UTC day to the row of a secret. The conditions must
   * read the old values of {@code last_used_at} and {@code uses_day}. MariaDB assigns columns from
   * left to right, and later expressions read the new values. Therefore the statement assigns the
   * address before {@code last_used_at}, and {@code uses} before {@code uses_day}.
   */
  private static final String ADD =
      "update access_token_secrets set last_used_address = case when "
          + UsageTable.isLastCondition("last_used_at")
          + " then ? else last_used_address end, last_used_at = case when "
          + UsageTable.isLastCondition("last_used_at")
          + " then ? else last_used_at end, uses = case when uses_day = ? then uses + ? when "
          + UsageTable.isLastCondition("uses_day")
          + " then ? else uses end, uses_day = case when "
          + UsageTable.isLastCondition("uses_day")
          + " then ? else uses_day end where token_id = ? and secret_number = ?";

  private SecretUses() {}

  static LocalDate dayOf(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  /** Adds accepted uses to the rows of replaced secrets. */
  static void add(Connection connection, Map<SecretId, TokenUsage> uses) throws SQLException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    uses.forEach(
        (secret, usage) -> {
          UsageCount accepted = usage.accepted();
          Instant lastAt = accepted.lastAt();
          if (lastAt != null) {
            LocalDate day = dayOf(lastAt);
            LocalDate nextDay = day.plusDays(1);
            long count = accepted.count();
            List<@Nullable Object> row = UsageTable.lastParameters(accepted);
            row.addAll(List.of(day, count, day, nextDay, count, day, nextDay, day));
            row.add(secret.tokenId().toString());
            row.add(secret.number());
            rows.add(row.toArray());
          }
        });
    var unused = batch(connection, ADD, rows);
  }

  /**
   * For each ended secret, writes the first use on a UTC day to the audit log.
   *
   * @return the audit events
   */
  static <T extends AccessToken> List<AuditEvent> report(
      StatelessSession session,
      TokenTable<T> table,
      Map<SecretId, TokenUsage> uses,
      UuidGenerator ids) {
    List<AuditEvent> events = new ArrayList<>();
    uses.forEach(
        (secret, usage) -> {
          Instant usedAt = usage.refused().lastAt();
          if (usage.endedSecret() > 0 && usedAt != null) {
            Optional<String> prefix =
                session.doReturningWork(
                    connection ->
                        markReported(connection, secret, dayOf(usedAt))
                            ? SecretTable.prefix(connection, secret)
                            : Optional.empty());
            prefix.ifPresent(
                text -> {
                  T token = table.find(session, secret.tokenId()).orElseThrow();
                  String address = usage.refused().lastAddress();
                  events.add(EndedSecretUse.event(token, text, address, usedAt, ids));
                });
          }
        });
    events.forEach(event -> table.append(session, event));
    return events;
  }

  private static boolean markReported(Connection connection, SecretId secret, LocalDate day)
      throws SQLException {
    int changed =
        update(
            connection,
            "update access_token_secrets set reported_on = ? where token_id = ?"
                + " and secret_number = ? and (reported_on is null or reported_on < ?"
                // Only a wrong clock can have written a later day.
                + " or reported_on > ?)",
            day,
            secret.tokenId().toString(),
            secret.number(),
            day,
            day.plusDays(1));
    return changed == 1;
  }
}
