package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.StatusColumn;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenCounts.Counts;
import io.accesstokens.token.TokenCounts.OfGroup;
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
import org.hibernate.StatelessSession;

/**
 * Counts tokens by group, and counts expiring tokens by the day on which they expire. One statement
 * counts all numbers, so all numbers are for the same moment. To count the tokens of groups, the
 * statement reads an index with all needed columns.
 */
public final class TokenCountQuery {

  private static final String OF_GROUPS =
      "select 0 as kind, t.group_entity_ref as what,"
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
      "select 0 as kind, t.group_entity_ref as what, 0, 0, 0, count(*), 0, 0, 0";

  private static final String OF_DAYS =
      "select 1 as kind, e.expires_on as what, 0, count(*), 0, 0, 0, 0, 0 from"
          + " (select cast(cast(t.expires_at as date) as char(10)) as expires_on";

  private static final String TABLE = " from " + TokenEntity.TABLE + " t";
  private static final String COUNTS = "service_access_tokens_counts";
  private static final String DUE = "service_access_tokens_due";
  private static final String GROUP_STATUS = "service_access_tokens_group_status";

  private TokenCountQuery() {}

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
      DatabaseKind vendor,
      Optional<Set<EntityRef>> groups,
      Instant at,
      Instant unusedSince,
      Instant newSince) {
    LocalDateTime now = InstantConverter.column(at);
    LocalDateTime soon = InstantConverter.column(at.plus(ServiceToken.EXPIRING_WINDOW));
    LocalDateTime since = InstantConverter.column(unusedSince);
    LocalDateTime created = InstantConverter.column(newSince);
    WhereClause within = new WhereClause();
    groups.ifPresent(
        some -> within.in("t.group_entity_ref", some.stream().map(EntityRef::toString).toList()));
    String ofIndex = TABLE + vendor.indexHint(COUNTS);
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder(OF_REVOKED).append(ofIndex);
    within.copy().equal("t.list_status", StatusColumn.REVOKED).appendTo(sql, parameters);
    sql.append(" group by t.group_entity_ref");
    for (List<Integer> statuses : ListBranch.parts(ListBranch.UNREVOKED, vendor)) {
      sql.append(" union all ").append(OF_GROUPS).append(ofIndex);
      parameters.addAll(List.of(soon, now, soon, now, now, now, created, now, since));
      within.copy().in("t.list_status", statuses).appendTo(sql, parameters);
      sql.append(" group by t.list_status, t.group_entity_ref"); // the order of the index
    }
    WhereClause expiring = within.copy().and("t.expires_at > ? and t.expires_at < ?", now, soon);
    List<Integer> stored = new ArrayList<>(ListBranch.UNREVOKED);
    if (groups.isPresent()) {
      // This index has the tokens of the groups. Few tokens have another list_status.
      stored.remove((Integer) StatusColumn.EXPIRING);
      days(sql, parameters, GROUP_STATUS, expiring, List.of(StatusColumn.EXPIRING), vendor);
    }
    for (List<Integer> statuses : ListBranch.parts(stored, vendor)) {
      days(sql, parameters, DUE, expiring, statuses, vendor);
    }
    Map<EntityRef, Counts> ofGroups = new HashMap<>();
    Map<LocalDate, Long> days = new HashMap<>();
    for (Object[] row :
        TokenListing.bound(session.createNativeQuery(sql.toString(), Object[].class), parameters)
            .getResultList()) {
      String what = (String) row[1];
      if (number(row[0]) == 0) {
        ofGroups.merge(TokenEntity.ref(what), counts(row), Counts::plus);
      } else {
        days.merge(LocalDate.parse(what), number(row[3]), Long::sum);
      }
    }
    return new TokenCounts(
        ofGroups.entrySet().stream()
            .map(group -> new OfGroup(group.getKey(), group.getValue()))
            .toList(),
        days);
  }

  /** Appends a query that counts expiring tokens by day. */
  private static void days(
      StringBuilder sql,
      List<Object> parameters,
      String index,
      WhereClause expiring,
      List<Integer> statuses,
      DatabaseKind vendor) {
    sql.append(" union all ").append(OF_DAYS).append(TABLE).append(vendor.indexHint(index));
    expiring.copy().in("t.list_status", statuses).appendTo(sql, parameters);
    sql.append(") e group by e.expires_on");
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
