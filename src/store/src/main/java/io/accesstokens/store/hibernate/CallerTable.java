package io.accesstokens.store.hibernate;

import static io.accesstokens.store.jdbc.Statements.batch;
import static io.accesstokens.store.jdbc.Statements.forEach;
import static io.accesstokens.store.jdbc.Statements.query;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.listing.InList;
import io.accesstokens.store.listing.SecretTable;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Stores the callers of service tokens in {@code access_token_callers}. The rows of the tokens must
 * be locked while callers are added. Otherwise, concurrent transactions could add too many callers
 * to one token.
 */
final class CallerTable {

  private static final String KEY =
      " where token_id = ? and secret_number = ? and accepted = ? and address = ? and client = ?";

  /**
   * SQL statement that adds the uses of one UTC day to the row of a caller. The statement assigns
   * {@code last_used_at} last, because the condition for {@code uses} must read the old value of
   * this column. MariaDB assigns columns from left to right, and later expressions read the new
   * values.
   */
  private static final String UPDATE =
      "update access_token_callers set"
          + " uses = case when last_used_at < ? or last_used_at > ? then ?"
          + " when last_used_at < ? then uses + ? else uses end, last_used_at = case when "
          + UsageTable.isLastCondition("last_used_at")
          + " then ? else last_used_at end"
          + KEY;

  private static final String INSERT =
      "insert into access_token_callers"
          + " (token_id, secret_number, accepted, address, client, uses, last_used_at)"
          + " values (?, ?, ?, ?, ?, ?, ?)";

  private static final String DELETE = "delete from access_token_callers" + KEY;

  private static final String SELECT =
      "select token_id, secret_number, accepted, address, client, uses, last_used_at"
          + " from access_token_callers where ";

  private CallerTable() {}

  /**
   * Adds uses to the rows of their callers, and inserts the rows of new callers. If there are no
   * new callers, one batch of updates is enough.
   *
   * @param currentSecrets the numbers of the current secrets, by token id
   * @param uses the uses of existing tokens, by secret
   */
  static void add(
      StatelessSession session,
      Map<String, Integer> currentSecrets,
      Map<SecretId, TokenUsage> uses) {
    SortedMap<String, List<TokenCaller>> added = new TreeMap<>();
    uses.forEach(
        (secret, usage) -> {
          if (!usage.callers().isEmpty()) {
            String id = secret.tokenId().toString();
            int current = Objects.requireNonNull(currentSecrets.get(id));
            int number = secret.number() == SecretId.UNKNOWN ? current : secret.number();
            List<TokenCaller> callers =
                usage.callers().stream().map(caller -> caller.withSecret(number)).toList();
            added.merge(id, callers, TokenCaller::merge);
          }
        });
    if (!added.isEmpty()) {
      SortedMap<String, List<TokenCaller>> unknown =
          session.doReturningWork(connection -> update(connection, added));
      if (!unknown.isEmpty()) {
        Map<String, SecretTable.Previous> previous =
            SecretTable.previous(session, unknown.keySet());
        session.doWork(connection -> replace(connection, unknown, currentSecrets, previous));
      }
    }
  }

  /** Adds uses to the rows of callers. Returns the callers that may have no row. */
  private static SortedMap<String, List<TokenCaller>> update(
      Connection connection, SortedMap<String, List<TokenCaller>> callers) throws SQLException {
    int[] updated =
        batch(
            connection,
            UPDATE,
            rows(
                callers,
                (tokenId, caller) -> {
                  LocalDateTime at = InstantConverter.column(caller.lastUsedAt());
                  LocalDateTime tooLate = at.plus(UsageCount.MAX_RECORDING_DELAY);
                  LocalDateTime day = at.toLocalDate().atStartOfDay();
                  long uses = caller.uses();
                  return Stream.concat(
                      Stream.of(day, tooLate, uses, day.plusDays(1), uses, at, tooLate, at),
                      key(tokenId, caller));
                }));
    SortedMap<String, List<TokenCaller>> unknown = new TreeMap<>();
    int i = 0;
    for (Map.Entry<String, List<TokenCaller>> entry : callers.entrySet()) {
      for (TokenCaller caller : entry.getValue()) {
        // A driver may return no number of rows. Then the caller counts as unknown.
        if (updated[i++] < 1) {
          unknown.computeIfAbsent(entry.getKey(), id -> new ArrayList<>()).add(caller);
        }
      }
    }
    return unknown;
  }

  /**
   * Inserts the rows of new callers. Deletes the row of a stored caller in two cases: a new caller
   * replaces the stored caller ({@link TokenCaller#merge}), or the stored caller has accepted uses
   * of an ended secret.
   */
  private static void replace(
      Connection connection,
      SortedMap<String, List<TokenCaller>> candidates,
      Map<String, Integer> currentSecrets,
      Map<String, SecretTable.Previous> previousSecrets)
      throws SQLException {
    Map<String, List<TokenCaller>> stored = read(connection, candidates.keySet());
    SortedMap<String, List<TokenCaller>> deleted = new TreeMap<>();
    SortedMap<String, List<TokenCaller>> inserted = new TreeMap<>();
    candidates.forEach(
        (tokenId, callers) -> {
          List<TokenCaller> before = stored.getOrDefault(tokenId, List.of());
          Set<TokenCaller.Key> known = keys(before);
          List<TokenCaller> added =
              callers.stream().filter(caller -> !known.contains(caller.key())).toList();
          Set<Integer> live =
              liveSecrets(
                  Objects.requireNonNull(currentSecrets.get(tokenId)),
                  previousSecrets.get(tokenId));
          Set<TokenCaller.Key> kept =
              TokenCaller.merge(before, added).stream()
                  .filter(caller -> caller.isKeptFor(live))
                  .map(TokenCaller::key)
                  .collect(Collectors.toSet());
          deleted.put(
              tokenId, before.stream().filter(caller -> !kept.contains(caller.key())).toList());
          inserted.put(
              tokenId, added.stream().filter(caller -> kept.contains(caller.key())).toList());
        });
    var unused = batch(connection, DELETE, rows(deleted, CallerTable::key));
    unused =
        batch(
            connection,
            INSERT,
            rows(
                inserted,
                (tokenId, caller) ->
                    Stream.concat(
                        key(tokenId, caller), Stream.of(caller.uses(), caller.lastUsedAt()))));
  }

  private static Set<Integer> liveSecrets(int current, SecretTable.@Nullable Previous previous) {
    Set<Integer> live = new HashSet<>(Set.of(current));
    if (previous != null) {
      live.add(previous.secret().number());
    }
    return live;
  }

  private static Set<TokenCaller.Key> keys(Collection<TokenCaller> callers) {
    return callers.stream().map(TokenCaller::key).collect(Collectors.toSet());
  }

  /** Returns one array of statement parameters for each caller. */
  private static List<Object[]> rows(
      SortedMap<String, List<TokenCaller>> callers,
      BiFunction<String, TokenCaller, Stream<Object>> parameters) {
    List<Object[]> rows = new ArrayList<>();
    callers.forEach(
        (tokenId, some) ->
            some.forEach(caller -> rows.add(parameters.apply(tokenId, caller).toArray())));
    return rows;
  }

  /** Returns the five parameters of the key of a row. */
  private static Stream<Object> key(String tokenId, TokenCaller caller) {
    TokenCaller.Key key = caller.key();
    return Stream.of(
        tokenId,
        key.secretNumber(),
        key.accepted(),
        Objects.requireNonNullElse(key.address(), ""),
        Objects.requireNonNullElse(key.client(), ""));
  }

  private static Map<String, List<TokenCaller>> read(
      Connection connection, Collection<String> tokenIds) throws SQLException {
    InList<String> ids = InList.of(tokenIds);
    Map<String, List<TokenCaller>> callers = new HashMap<>();
    forEach(
        connection,
        SELECT + "token_id in " + ids.marks(),
        row ->
            callers
                .computeIfAbsent(row.getString("token_id"), id -> new ArrayList<>())
                .add(caller(row)),
        ids.values().toArray());
    return callers;
  }

  private static TokenCaller caller(ResultSet row) throws SQLException {
    return new TokenCaller(
        new TokenCaller.Key(
            row.getInt("secret_number"),
            row.getBoolean("accepted"),
            textOrNull(row.getString("address")),
            textOrNull(row.getString("client"))),
        row.getLong("uses"),
        row.getObject("last_used_at", LocalDateTime.class).toInstant(ZoneOffset.UTC));
  }

  private static @Nullable String textOrNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /** Returns the callers of a token. Omits callers whose last use is before {@code since}. */
  static List<TokenCaller> read(StatelessSession session, UUID tokenId, Instant since) {
    return session.doReturningWork(
        connection ->
            query(
                connection,
                SELECT + "token_id = ? and last_used_at >= ?",
                CallerTable::caller,
                tokenId.toString(),
                since));
  }

  /**
   * Returns the callers whose last refused use is at or after an instant, by token. If there are
   * more than {@code limit}, returns those with the latest uses.
   *
   * @param groups the groups of the tokens, at least one; an empty {@code Optional} selects all
   *     groups
   */
  static Map<UUID, List<TokenCaller>> refused(
      StatelessSession session, Optional<Set<EntityRef>> groups, Instant since, int limit) {
    List<String> of =
        groups
            .map(some -> InList.of(some.stream().map(EntityRef::toString).toList()).values())
            .orElse(List.of());
    String within =
        of.isEmpty()
            ? ""
            : " and token_id in (select id from "
                + TokenEntity.TABLE
                + " where group_entity_ref in "
                + new InList<>(of).marks()
                + ")";
    return session.doReturningWork(
        connection -> {
          Map<UUID, List<TokenCaller>> callers = new HashMap<>();
          List<Object> parameters = new ArrayList<>(of);
          parameters.add(0, since);
          forEach(
              connection,
              SELECT
                  + "accepted = false and last_used_at >= ?"
                  + within
                  + " order by last_used_at desc limit "
                  + limit,
              row ->
                  callers
                      .computeIfAbsent(
                          UUID.fromString(row.getString("token_id")), id -> new ArrayList<>())
                      .add(caller(row)),
              parameters.toArray());
          return callers;
        });
  }

  /** Deletes the callers that were not used in the last {@link TokenCaller#KEPT_DAYS} days. */
  static void trim(Database database, Instant now) {
    deleteBefore(database, now.minus(Duration.ofDays(TokenCaller.KEPT_DAYS)));
  }

  static void deleteAll(Database database) {
    deleteBefore(database, Instant.parse("3000-01-01T00:00:00Z")); // no caller was used later
  }

  private static void deleteBefore(Database database, Instant end) {
    DailyUses.deleteBefore(
        database, "access_token_callers", "last_used_at", InstantConverter.column(end));
  }
}
