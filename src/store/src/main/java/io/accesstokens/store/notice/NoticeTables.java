package io.accesstokens.store.notice;

import io.accesstokens.notice.ExpiringToken;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.Notice.SecretUse;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeToken;
import io.accesstokens.store.entity.PersonalTokenEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.Statements;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts notices and tokens between objects and rows. */
final class NoticeTables {

  /** The columns of a notice that {@link #notice} reads. The alias of the table is {@code n}. */
  static final String COLUMNS =
      "n.id, n.notice_key, n.event, n.threshold_days, n.token_kind, n.token_id, n.token_name,"
          + " n.token_prefix, n.owner_ref, n.created_at, n.expires_at, n.actor,"
          + " n.ended_secret_prefix, n.client_address, n.occurred_at";

  private static final String INSERT =
      "insert into access_token_notices (id, notice_key, event, threshold_days, token_kind,"
          + " token_id, token_name, token_prefix, owner_ref, created_at, expires_at, actor,"
          + " ended_secret_prefix, client_address, occurred_at, webhooks_pending, mail_pending)"
          + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String CREATED_AND_EXPIRES =
      " t.created_at, t.expires_at, t.lifetime_millis,"
          + " coalesce(t.secret_created_at, t.created_at) as secret_created_at from ";

  private NoticeTables() {}

  /** A notice with the channels on which it is pending. */
  record Pending(Notice notice, boolean webhooks, boolean mail) {}

  static void insert(Connection connection, List<Pending> notices) throws SQLException {
    var unused =
        Statements.batch(connection, INSERT, notices.stream().map(NoticeTables::row).toList());
  }

  private static @Nullable Object[] row(Pending pending) {
    Notice notice = pending.notice();
    NoticeToken token = notice.token();
    SecretUse use = notice.endedSecretUse();
    return new @Nullable Object[] {
      notice.id().toString(),
      notice.key(),
      notice.event().text(),
      notice.thresholdDays(),
      kind(token.kind()),
      token.id().toString(),
      token.name(),
      token.prefix(),
      token.owner().toString(),
      token.createdAt(),
      token.expiresAt(),
      notice.actor(),
      use == null ? null : use.prefix(),
      use == null ? null : use.address(),
      notice.occurredAt(),
      pending.webhooks(),
      pending.mail()
    };
  }

  /** Reads a notice from a row with {@link #COLUMNS}. */
  static Notice notice(ResultSet row) throws SQLException {
    int threshold = row.getInt("threshold_days");
    Integer thresholdDays = row.wasNull() ? null : threshold;
    String event = row.getString("event");
    String endedSecret = row.getString("ended_secret_prefix");
    return new Notice(
        UUID.fromString(row.getString("id")),
        row.getString("notice_key"),
        NoticeEvent.parse(event)
            .orElseThrow(() -> new IllegalStateException("a notice has an unknown event")),
        thresholdDays,
        new NoticeToken(
            RawToken.Kind.valueOf(row.getString("token_kind").toUpperCase(Locale.ROOT)),
            UUID.fromString(row.getString("token_id")),
            row.getString("token_name"),
            row.getString("token_prefix"),
            ref(row.getString("owner_ref")),
            requireInstant(row, "created_at"),
            requireInstant(row, "expires_at")),
        row.getString("actor"),
        endedSecret == null ? null : new SecretUse(endedSecret, row.getString("client_address")),
        requireInstant(row, "occurred_at"));
  }

  /**
   * Returns the start of a query for the columns that {@link #token} and {@link #expiringToken}
   * read. The alias of the table of tokens is {@code t}.
   */
  static String selectTokens(RawToken.Kind kind) {
    return switch (kind) {
      case SERVICE ->
          "select t.id, t.name, t.token_prefix as prefix, t.group_entity_ref as owner_ref,"
              + CREATED_AND_EXPIRES
              + table(kind)
              + " t";
      case PERSONAL ->
          "select t.id, t.name, t.prefix, t.user_entity_ref as owner_ref,"
              + CREATED_AND_EXPIRES
              + table(kind)
              + " t";
    };
  }

  /** Returns the name of the table of tokens. */
  static String table(RawToken.Kind kind) {
    return switch (kind) {
      case SERVICE -> TokenEntity.TABLE;
      case PERSONAL -> PersonalTokenEntity.TABLE;
    };
  }

  /** Reads a token from a row of {@link #selectTokens}. */
  static NoticeToken token(RawToken.Kind kind, ResultSet row) throws SQLException {
    return new NoticeToken(
        kind,
        UUID.fromString(row.getString("id")),
        row.getString("name"),
        row.getString("prefix"),
        ref(row.getString("owner_ref")),
        requireInstant(row, "created_at"),
        requireInstant(row, "expires_at"));
  }

  /**
   * Reads a token and its lifetime from a row of {@link #selectTokens}. The lifetime is the longer
   * of two durations: the stored lifetime, and the time from the creation of the secret to the
   * expiry. The row of a token of an earlier version has no stored lifetime. After a rotation that
   * keeps the expiry, the new secret exists for a shorter time than the stored lifetime.
   */
  static ExpiringToken expiringToken(RawToken.Kind kind, ResultSet row) throws SQLException {
    NoticeToken token = token(kind, row);
    Duration current =
        Duration.between(requireInstant(row, "secret_created_at"), token.expiresAt());
    // The lifetime is null for a token of an earlier version. Then getLong returns 0.
    Duration stored = Duration.ofMillis(row.getLong("lifetime_millis"));
    return new ExpiringToken(token, stored.compareTo(current) > 0 ? stored : current);
  }

  static String kind(RawToken.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static EntityRef ref(String text) {
    Optional<EntityRef> ref =
        text.startsWith(EntityRef.USER + ':')
            ? EntityRef.parseUser(text)
            : EntityRef.parseGroup(text);
    return ref.orElseThrow(() -> new IllegalStateException("a token has an invalid owner"));
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    LocalDateTime time = row.getObject(column, LocalDateTime.class);
    return time == null ? null : time.toInstant(ZoneOffset.UTC);
  }

  private static Instant requireInstant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
  }

  /** Returns {@code count} parameter marks, separated by commas. */
  static String marks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }

  /** Returns the texts in the first column of a query. */
  static Set<String> texts(Connection connection, String sql, List<String> parameters)
      throws SQLException {
    return new HashSet<>(
        Statements.query(connection, sql, row -> row.getString(1), parameters.toArray()));
  }
}
