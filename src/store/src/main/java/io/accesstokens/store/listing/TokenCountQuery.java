package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
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
          + " sum(case when t.list_status < 3 and t.expires_at >= ? then 1 else 0 end) as active,"
          + " sum(case when t.list_status < 3 and t.expires_at > ? and t.expires_at < ?"
          + " then 1 else 0 end) as expiring,"
          + " sum(case when t.list_status < 3 and t.expires_at <= ? then 1 else 0 end) as expired,"
          + " sum(case when t.list_status = 3 then 1 else 0 end) as revoked,"
          + " sum(case when t.list_status < 3 and t.expires_at > ? and t.last_used_order = ?"
          + " then 1 else 0 end) as never_used,"
          + " sum(case when t.list_status < 3 and t.expires_at > ? and t.last_used_order > ?"
          + " and t.last_used_order < ? then 1 else 0 end) as unused";

  /**
   * Counts the new tokens without a use. The index by last use contains the tokens without a use in
   * the order of creation.
   */
  private static final String OF_NEW =
      "select 2 as kind, t.group_entity_ref as what, 0, count(*), 0, 0, 0, 0";

  private static final String OF_DAYS =
      "select 1 as kind, e.expires_on as what, 0, count(*), 0, 0, 0, 0 from"
          + " (select cast(cast(t.expires_at as date) as char(10)) as expires_on";

  private static final String INDEX = "service_access_tokens_counts";
  private static final String DUE = "service_access_tokens_due";
  private static final String LAST_USED = "service_access_tokens_status_last_used";

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
    LocalDateTime never = InstantConverter.column(Instant.EPOCH);
    LocalDateTime since = InstantConverter.column(unusedSince);
    WhereClause within = new WhereClause();
    groups.ifPresent(
        some -> within.in("t.group_entity_ref", some.stream().map(EntityRef::toString).toList()));
    String table = " from " + TokenEntity.TABLE + " t";
    String ofIndex = table + vendor.indexHint(INDEX);
    List<Object> parameters =
        new ArrayList<>(List.of(soon, now, soon, now, now, never, now, never, since));
    StringBuilder sql = new StringBuilder(OF_GROUPS).append(ofIndex);
    within.appendTo(sql, parameters);
    sql.append(" group by t.group_entity_ref");
    // Both indexes begin with the columns of these conditions, so only expiring tokens are read.
    String ofExpiring = groups.isPresent() ? ofIndex : table + vendor.indexHint(DUE);
    List<List<Integer>> parts = ListBranch.parts(ListBranch.UNREVOKED, vendor);
    for (List<Integer> statuses : groups.isPresent() ? List.of(ListBranch.UNREVOKED) : parts) {
      sql.append(" union all ").append(OF_DAYS).append(ofExpiring);
      within
          .copy()
          .in("t.list_status", statuses)
          .and("t.expires_at > ? and t.expires_at < ?", now, soon)
          .appendTo(sql, parameters);
      sql.append(") e group by e.expires_on");
    }
    for (List<Integer> statuses : parts) {
      sql.append(" union all ").append(OF_NEW).append(table).append(vendor.indexHint(LAST_USED));
      within
          .copy()
          .and("t.last_used_order = ?", never)
          .and("t.created_at >= ?", InstantConverter.column(newSince))
          .in("t.list_status", statuses)
          .and("t.expires_at > ?", now)
          .appendTo(sql, parameters);
      sql.append(" group by t.group_entity_ref");
    }
    Map<EntityRef, Object[]> ofGroups = new HashMap<>();
    Map<EntityRef, Long> ofNew = new HashMap<>();
    Map<LocalDate, Long> days = new HashMap<>();
    for (Object[] row :
        TokenListing.bound(session.createNativeQuery(sql.toString(), Object[].class), parameters)
            .getResultList()) {
      String what = (String) row[1];
      switch ((int) number(row[0])) {
        case 0 -> ofGroups.put(TokenEntity.ref(what), row);
        case 1 -> days.merge(LocalDate.parse(what), number(row[3]), Long::sum);
        default -> ofNew.merge(TokenEntity.ref(what), number(row[3]), Long::sum);
      }
    }
    return new TokenCounts(
        ofGroups.entrySet().stream()
            .map(
                group ->
                    new OfGroup(
                        group.getKey(),
                        counts(group.getValue(), ofNew.getOrDefault(group.getKey(), 0L))))
            .toList(),
        days);
  }

  private static Counts counts(Object[] row, long neverUsedNew) {
    return new Counts(
        number(row[2]),
        number(row[3]),
        number(row[4]),
        number(row[5]),
        number(row[6]),
        neverUsedNew,
        number(row[7]));
  }

  private static long number(Object column) {
    return ((Number) column).longValue();
  }
}
