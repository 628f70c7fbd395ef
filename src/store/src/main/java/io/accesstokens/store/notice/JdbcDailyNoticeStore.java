package io.accesstokens.store.notice;

import static io.accesstokens.store.jdbc.Statements.batch;
import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.query;
import static io.accesstokens.store.jdbc.Statements.update;
import static io.accesstokens.store.notice.NoticeTables.marks;

import io.accesstokens.notice.Channel;
import io.accesstokens.notice.DailyNoticeStore;
import io.accesstokens.notice.ExpiringToken;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeToken;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.verify.RawToken;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/** Stores the claim and the notices of the daily job in the database of a token store. */
public final class JdbcDailyNoticeStore implements DailyNoticeStore {

  private static final Logger LOG = System.getLogger(JdbcDailyNoticeStore.class.getName());

  private final Database database;
  private final NoticeOutbox outbox;
  private final UuidGenerator ids;

  public JdbcDailyNoticeStore(Database database, NoticeOutbox outbox, UuidGenerator ids) {
    this.database = database;
    this.outbox = outbox;
    this.ids = ids;
  }

  @Override
  public Optional<UUID> claim(LocalDate day, Instant now, Duration lease) {
    UUID claim = ids.next();
    Optional<UUID> claimed =
        database.writeJdbc(
            connection -> {
              Optional<LocalDate> later = laterDay(connection, day);
              int changed =
                  update(
                      connection,
                      // Without a last day, no mail is sent before this job is complete.
                      "update access_token_notice_job set claim = ?, claimed_until = ?,"
                          + " last_day = case when last_day > ? then null else last_day end"
                          + " where id = 1 and (last_day is null or last_day < ? or last_day > ?)"
                          + " and (claim is null or claimed_until < ? or claimed_until > ?)",
                      claim.toString(),
                      now.plus(lease),
                      day.plusDays(1),
                      day,
                      day.plusDays(1),
                      now,
                      DeliveryTable.latestValidEnd(now, lease));
              if (changed == 0) {
                return Optional.<UUID>empty();
              }
              later.ifPresent(wrong -> warnOfAWrongClock(wrong, day));
              return Optional.of(claim);
            });
    if (claimed.isEmpty() && !database.<Boolean>readJdbc(JdbcDailyNoticeStore::hasRow)) {
      createRow();
    }
    return claimed;
  }

  private static boolean hasRow(Connection connection) throws SQLException {
    String row = "select id from access_token_notice_job where id = 1";
    return first(connection, row, found -> found.getInt(1)).isPresent();
  }

  /**
   * Creates the row of the job again if it was deleted, for example by a partial restore. Without
   * the row, no job would begin and no mail would be sent.
   */
  private void createRow() {
    try {
      database.writeJdbc(
          connection -> update(connection, "insert into access_token_notice_job (id) values (1)"));
    } catch (ConstraintViolationException e) {
      return; // Another replica has created the row.
    }
    LOG.log(
        Level.WARNING,
        "the row of access_token_notice_job was missing and is created again: find out who has"
            + " deleted it");
  }

  /**
   * Returns the day of the last completed job, if a process with a wrong clock ran this job: its
   * day is more than one day after {@code day}. Otherwise returns empty.
   */
  private static Optional<LocalDate> laterDay(Connection connection, LocalDate day)
      throws SQLException {
    return first(
        connection,
        "select last_day from access_token_notice_job where id = 1 and last_day > ?",
        row -> row.getObject(1, LocalDate.class),
        day.plusDays(1));
  }

  private static void warnOfAWrongClock(LocalDate written, LocalDate day) {
    LOG.log(
        Level.WARNING,
        "the notices of {0} were written too early, because a clock was wrong; the notices of {1}"
            + " are written now, except those that exist",
        written,
        day);
  }

  @Override
  public boolean extend(UUID claim, Instant now, Duration lease) {
    return database.writeJdbc(connection -> extend(connection, claim, now, lease));
  }

  @Override
  public List<ExpiringToken> expiring(
      RawToken.Kind kind, Instant from, Instant to, @Nullable NoticeToken after, int limit) {
    String index =
        kind == RawToken.Kind.SERVICE
            ? "service_access_tokens_expiry"
            : "personal_access_tokens_end";
    String sql =
        NoticeTables.selectTokens(kind)
            + database.databaseKind().indexHint(index)
            + " where t.revoked_at is null and t.expires_at >= ? and t.expires_at <= ?"
            + (after == null
                ? ""
                : " and (t.expires_at > ? or t.created_at > ?"
                    + " or (t.created_at = ? and t.id > ?))")
            + " order by t.expires_at, t.created_at, t.id limit ?";
    List<Object> parameters = new ArrayList<>();
    parameters.add(after == null ? from : after.expiresAt());
    parameters.add(to);
    if (after != null) {
      parameters.add(after.expiresAt());
      parameters.addAll(Collections.nCopies(2, after.createdAt()));
      parameters.add(after.id().toString());
    }
    parameters.add(limit);
    return database.readJdbc(
        connection ->
            query(
                connection,
                sql,
                row -> NoticeTables.expiringToken(kind, row),
                parameters.toArray()));
  }

  @Override
  public Set<String> newKeys(Collection<String> keys) {
    Set<String> missing = new HashSet<>(keys);
    if (!keys.isEmpty()) {
      missing.removeAll(database.readJdbc(connection -> known(connection, keys)));
    }
    return missing;
  }

  private static Set<String> known(Connection connection, Collection<String> keys)
      throws SQLException {
    return NoticeTables.texts(
        connection,
        "select notice_key from access_token_notices where notice_key in ("
            + marks(keys.size())
            + ")",
        List.copyOf(keys));
  }

  @Override
  public boolean add(UUID claim, List<Notice> notices, Instant now, Duration lease) {
    return database.writeJdbc(
        connection -> {
          if (!extend(connection, claim, now, lease)) {
            return false;
          }
          Set<String> known = known(connection, notices.stream().map(Notice::key).toList());
          NoticeTables.insert(
              connection,
              notices.stream()
                  .filter(notice -> !known.contains(notice.key()))
                  .map(outbox::pending)
                  .toList());
          return true;
        });
  }

  /**
   * Extends a claim, and locks the row of the job until the end of the transaction. Therefore no
   * other process can claim the job during the transaction. Returns false if the job does not have
   * this claim.
   */
  private static boolean extend(Connection connection, UUID claim, Instant now, Duration lease)
      throws SQLException {
    return update(
            connection,
            "update access_token_notice_job set claimed_until = ? where id = 1 and claim = ?",
            now.plus(lease),
            claim.toString())
        == 1;
  }

  @Override
  public List<Notice> withoutMailDeliveries(@Nullable UUID after, int limit) {
    String sql =
        "select "
            + NoticeTables.COLUMNS
            + " from access_token_notices n where n.mail_pending = true"
            + (after == null ? "" : " and n.id > ?")
            + " order by n.id limit ?";
    Object[] parameters =
        after == null ? new Object[] {limit} : new Object[] {after.toString(), limit};
    return database.readJdbc(
        connection -> query(connection, sql, NoticeTables::notice, parameters));
  }

  @Override
  public boolean addMailDeliveries(
      UUID claim, LocalDate day, Map<UUID, Set<String>> recipients, Instant now, Duration lease) {
    return database.writeJdbc(
        connection -> {
          if (!extend(connection, claim, now, lease)) {
            return false;
          }
          Set<String> addresses = new TreeSet<>();
          recipients.values().forEach(addresses::addAll);
          Map<String, UUID> mails = mails(connection, day, addresses, now);
          List<Object[]> items = new ArrayList<>();
          recipients.forEach(
              (notice, addressed) ->
                  addressed.forEach(
                      address -> {
                        String mail = String.valueOf(mails.get(address));
                        items.add(
                            new Object[] {notice.toString(), Channel.MAIL.text(), address, mail});
                      }));
          var unused =
              batch(
                  connection,
                  "insert into access_token_notice_items"
                      + " (notice_id, channel, recipient, delivery_id) values (?, ?, ?, ?)",
                  items);
          unused =
              batch(
                  connection,
                  "update access_token_notices set mail_pending = false where id = ?",
                  recipients.keySet().stream().map(id -> new Object[] {id.toString()}).toList());
          return true;
        });
  }

  /**
   * Returns the mails of a day by address. Creates the mails that do not exist yet. After a wrong
   * clock was corrected, the job of a day can run again. If a replica has already sent the mail of
   * an address, or is sending it, the address gets another mail.
   */
  private Map<String, UUID> mails(
      Connection connection, LocalDate day, Set<String> addresses, Instant now)
      throws SQLException {
    Map<String, UUID> mails = new HashMap<>();
    if (addresses.isEmpty()) {
      return mails;
    }
    try (PreparedStatement found =
            connection.prepareStatement(
                "select id, state, claim from access_token_notice_deliveries"
                    + " where delivery_key = ?");
        PreparedStatement added = connection.prepareStatement(DeliveryTable.INSERT)) {
      for (String address : addresses) {
        String first = "mail:" + address + ':' + day;
        String key = first;
        UUID mail = null;
        for (int i = 2; mail == null; i++) {
          found.setString(1, key);
          try (ResultSet row = found.executeQuery()) {
            if (!row.next()) {
              mail = ids.next();
              DeliveryTable.bind(added, mail, key, Channel.MAIL, address, day, now, now);
              added.executeUpdate();
            } else if (row.getString("claim") == null
                && row.getString("state").equals(DeliveryTable.PENDING)) {
              mail = UUID.fromString(row.getString("id"));
            }
          }
          key = first + ':' + i;
        }
        mails.put(address, mail);
      }
    }
    return mails;
  }

  @Override
  public boolean complete(UUID claim, LocalDate day) {
    return database.writeJdbc(
            connection ->
                update(
                    connection,
                    "update access_token_notice_job set last_day = ?, claim = null,"
                        + " claimed_until = null where id = 1 and claim = ?",
                    day,
                    claim.toString()))
        == 1;
  }

  @Override
  public void release(UUID claim) {
    var unused =
        database.writeJdbc(
            connection ->
                update(
                    connection,
                    "update access_token_notice_job set claim = null, claimed_until = null"
                        + " where id = 1 and claim = ?",
                    claim.toString()));
  }
}
