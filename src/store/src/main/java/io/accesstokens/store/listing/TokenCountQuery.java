package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.StatusColumn;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenCounts.Counts;
import io.accesstokens.token.TokenCounts.GroupCounts;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.StatelessSession;

/**
 * Counts tokens by group, and counts expiring tokens by the day on which they expire. All numbers
 * are for the same moment, because one statement counts them. This statement reads an index with
 * all columns that the counts of groups need.
 */
public final class TokenCountQuery {

  private static final String OF_GROUPS =
      "select t.group_entity_ref as owner, '' as expires_on,"
          + " sum(case when t.expires_at >= ? then 1 else 0 end) as active,"
          + " sum(case when t.expires_at > ? and t.expires_at < ? then 1 else 0 end) as expiring,"
          + " sum(case when t.expires_at <= ? then 1 else 0 end) as expired,"
          + " 0 as revoked,"
          + " sum(case when t.expires_at > ? and t.last_used_order = "
          + ListBranch.NEVER
          + " then 1 else 0 end) as never_used,"
          + " sum(case when t.expires_at > ? and t.created_at >= ? and t.last_used_order = "
          + ListBranch.NEVER
          + " then 1 else 0 end) as never_used_new,"
          + " sum(case when t.expires_at > ? and t.last_used_order < ? and t.last_used_order > "
          + ListBranch.NEVER
          + " then 1 else 0 end) as unused";

  private static final String OF_REVOKED =
      "select t.group_entity_ref as owner, '' as expires_on, 0, 0, 0, count(*), 0, 0, 0";

  /**
   * The start of a query that counts tokens by the day of their expiry. The caller appends the
   * column of the group.
   */
  private static final String OF_DAYS =
      "select e.owner, e.expires_on, 0, count(*), 0, 0, 0, 0, 0 from"
          + " (select cast(cast(t.expires_at as date) as char(10)) as expires_on, ";

  private static final String NO_OWNER = "''";
  private static final String OWNER = "t.group_entity_ref";

  private static final String TABLE = " from " + TokenEntity.TABLE + " t";
  private static final String COUNTS = "service_access_tokens_counts";
  private static final String DUE = "service_access_tokens_due";
  private static final String GROUP_STATUS = "service_access_tokens_group_status";

  private TokenCountQuery() {}

  /**
   * The counts of groups, and the numbers of tokens that expire on each day. The keys are the
   * groups. If the days are not counted by group, the only key of {@code days} is an empty text.
   */
  private record Numbers(Map<String, Counts> counts, Map<String, Map<LocalDate, Long>> days) {

    List<GroupCounts> groups() {
      return counts.entrySet().stream()
          .map(group -> new GroupCounts(TokenEntity.ref(group.getKey()), group.getValue()))
          .toList();
    }

    Map<LocalDate, Long> days(String group) {
      return days.getOrDefault(group, Map.of());
    }
  }

  /**
   * Counts the tokens of the given groups, or of all groups.
   *
   * @param groups the groups, at least one; an empty {@code Optional} selects all groups
   * @param at the instant at which statuses are computed
   * @param unusedSince a token whose last use is before this instant counts as unused
   * @param newSince a token without a use counts as new if it was created at or after this instant
   */
  public static TokenCounts read(
      StatelessSession session,
      DatabaseKind databaseKind,
      Optional<Set<EntityRef>> groups,
      Instant at,
      Instant unusedSince,
      Instant newSince) {
    Numbers all = numbers(session, databaseKind, groups, false, at, unusedSince, newSince);
    return new TokenCounts(all.groups(), all.days(""));
  }

  /** Counts the tokens of each group. The parameters are those of {@link #read}. */
  public static Map<EntityRef, TokenCounts> readByGroup(
      StatelessSession session,
      DatabaseKind databaseKind,
      Instant at,
      Instant unusedSince,
      Instant newSince) {
    Numbers all = numbers(session, databaseKind, Optional.empty(), true, at, unusedSince, newSince);
    return all.groups().stream()
        .collect(
            Collectors.toMap(
                GroupCounts::group,
                group -> new TokenCounts(List.of(group), all.days(group.group().toString()))));
  }

  private static Numbers numbers(
      StatelessSession session,
      DatabaseKind databaseKind,
      Optional<Set<EntityRef>> groups,
      boolean daysByGroup,
      Instant at,
      Instant unusedSince,
      Instant newSince) {
    LocalDateTime now = InstantConverter.column(at);
    LocalDateTime soon = InstantConverter.column(at.plus(ServiceToken.EXPIRING_WINDOW));
    LocalDateTime since = InstantConverter.column(unusedSince);
    LocalDateTime created = InstantConverter.column(newSince);
    WhereClause within = new WhereClause();
    groups.ifPresent(some -> within.in(OWNER, some.stream().map(EntityRef::toString).toList()));
    String ofIndex = TABLE + databaseKind.indexHint(COUNTS);
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder(OF_REVOKED).append(ofIndex);
    within.copy().equal("t.list_status", StatusColumn.REVOKED).appendTo(sql, parameters);
    sql.append(" group by t.group_entity_ref");
    for (List<Integer> statuses : ListBranch.parts(ListBranch.UNREVOKED, databaseKind)) {
      sql.append(" union all ").append(OF_GROUPS).append(ofIndex);
      parameters.addAll(List.of(soon, now, soon, now, now, now, created, now, since));
      within.copy().in("t.list_status", statuses).appendTo(sql, parameters);
      sql.append(" group by t.list_status, t.group_entity_ref"); // the order of the index
    }
    String ofDays = OF_DAYS + (daysByGroup ? OWNER : NO_OWNER) + " as owner" + TABLE;
    WhereClause expiring = within.copy().and("t.expires_at > ? and t.expires_at < ?", now, soon);
    List<Integer> stored = new ArrayList<>(ListBranch.UNREVOKED);
    if (groups.isPresent() || daysByGroup) {
      // This index has the groups. Few tokens have another list_status.
      stored.remove((Integer) StatusColumn.EXPIRING);
      sql.append(" union all ").append(ofDays).append(databaseKind.indexHint(GROUP_STATUS));
      days(sql, parameters, expiring, List.of(StatusColumn.EXPIRING));
    }
    for (List<Integer> statuses : ListBranch.parts(stored, databaseKind)) {
      sql.append(" union all ").append(ofDays).append(databaseKind.indexHint(DUE));
      days(sql, parameters, expiring, statuses);
    }
    Numbers numbers = new Numbers(new HashMap<>(), new HashMap<>());
    Map<String, LocalDate> parsed = new HashMap<>();
    for (Object[] row :
        TokenListing.bound(session.createNativeQuery(sql.toString(), Object[].class), parameters)
            .getResultList()) {
      String group = (String) row[0];
      String day = (String) row[1];
      if (day.isEmpty()) {
        numbers.counts.merge(group, counts(row), Counts::plus);
      } else {
        numbers
            .days
            .computeIfAbsent(group, key -> new HashMap<>())
            .merge(parsed.computeIfAbsent(day, LocalDate::parse), number(row[3]), Long::sum);
      }
    }
    return numbers;
  }

  /** Appends the conditions of a query that counts expiring tokens by day. */
  private static void days(
      StringBuilder sql, List<Object> parameters, WhereClause expiring, List<Integer> statuses) {
    expiring.copy().in("t.list_status", statuses).appendTo(sql, parameters);
    sql.append(") e group by e.owner, e.expires_on");
  }

  private static Counts counts(Object[] row) {
    return new Counts(
        number(row[2]),
        number(row[3]),
        number(row[4]),
        number(row[5]),
        number(row[6]),
        number(row[7]),
        number(row[8]));
  }

  private static long number(Object column) {
    return ((Number) column).longValue();
  }
}
