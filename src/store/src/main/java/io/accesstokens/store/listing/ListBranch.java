package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.StatusColumn;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A part of the tokens that match a filter. Each matching token is in exactly one branch. One index
 * finds all tokens of a branch.
 *
 * @param hint the SQL text that makes the database use the index; an empty text if the database
 *     chooses the index
 * @param condition the condition that selects the tokens of the branch
 * @param rank the rank of the status that all tokens of the branch have; 0 if the status is not
 *     known
 */
record ListBranch(String hint, WhereClause condition, int rank) {

  private static final String INDEX = "service_access_tokens_";

  /**
   * Value of {@code last_used_order} for a token that was never used. This value is earlier than
   * the time of any use.
   */
  private static final LocalDateTime NEVER = InstantConverter.column(Instant.EPOCH);

  /**
   * Returns the branches for a list in the order of creation. There is at least one branch for each
   * group of the filter. If the filter has more groups than {@link TokenListing#MAX_MERGED_GROUPS},
   * one branch contains the tokens of all groups. This branch reads an index without groups,
   * because an index with groups does not have the order of creation.
   *
   * @param byStatus true to return at least one branch for each status
   */
  static List<ListBranch> ordered(
      TokenFilter filter, boolean byStatus, Instant now, DatabaseKind vendor) {
    List<List<EntityRef>> parts = new ArrayList<>();
    boolean byGroup = filter.groups().isPresent() && !TokenListing.hasManyGroups(filter.groups());
    if (byGroup) {
      groups(filter).forEach(group -> parts.add(List.of(group)));
    } else {
      parts.add(groups(filter));
    }
    List<ListBranch> branches = new ArrayList<>();
    if (byStatus && filter.status().isEmpty()) {
      for (TokenStatus status : TokenStatus.values()) {
        branches.addAll(branches(filter, Optional.of(status), parts, byGroup, now, vendor));
      }
    } else {
      branches.addAll(branches(filter, filter.status(), parts, byGroup, now, vendor));
    }
    return branches;
  }

  /** Returns as few branches as possible, for queries that do not need an order, such as counts. */
  static List<ListBranch> unordered(TokenFilter filter, Instant now, DatabaseKind vendor) {
    if (filter.isPlain()) {
      List<EntityRef> groups = groups(filter);
      return branches(filter, filter.status(), List.of(groups), !groups.isEmpty(), now, vendor);
    }
    // No index contains the columns of the filter, or the database can choose the index better.
    return List.of(scanned(filter, "", now, vendor));
  }

  /**
   * Returns one branch that reads the given index in the order of that index.
   *
   * @param index the name of the index, without the table name as its prefix
   */
  static ListBranch inOrderOf(String index, TokenFilter filter, Instant now, DatabaseKind vendor) {
    return scanned(filter, vendor.indexHint(INDEX + index), now, vendor);
  }

  private static ListBranch scanned(
      TokenFilter filter, String hint, Instant now, DatabaseKind vendor) {
    WhereClause condition = new WhereClause();
    inGroups(condition, groups(filter));
    filter
        .status()
        .ifPresent(
            status -> {
              condition.and(
                  status == TokenStatus.REVOKED
                      ? "t.revoked_at is not null"
                      : "t.revoked_at is null");
              within(condition, status, now);
            });
    further(condition, filter, now, vendor);
    return new ListBranch(hint, condition, 0);
  }

  /** Returns the groups of the filter. An empty list means all groups. */
  private static List<EntityRef> groups(TokenFilter filter) {
    List<EntityRef> groups = new ArrayList<>();
    filter.groups().ifPresent(groups::addAll);
    return groups;
  }

  /**
   * Returns one branch for each element of {@code parts}. With a status, the branches select by the
   * column {@code list_status}. For a status other than revoked, one more branch finds the tokens
   * whose {@code list_status} is out of date.
   *
   * @param parts the groups of each branch; an empty list of groups means all groups
   * @param byGroup true if the branches read an index with groups
   */
  private static List<ListBranch> branches(
      TokenFilter filter,
      Optional<TokenStatus> status,
      List<List<EntityRef>> parts,
      boolean byGroup,
      Instant now,
      DatabaseKind vendor) {
    List<ListBranch> branches = new ArrayList<>();
    int rank = status.map(TokenStatus::rank).orElse(0);
    for (List<EntityRef> part : parts) {
      WhereClause condition = new WhereClause();
      inGroups(condition, part);
      status.ifPresent(
          tokenStatus -> {
            condition.and("t.list_status = ?", StatusColumn.of(tokenStatus));
            within(condition, tokenStatus, now);
          });
      further(condition, filter, now, vendor);
      boolean byCreator = filter.createdBy().isPresent() && !byGroup && status.isEmpty();
      String index = byCreator ? "creator" : statusIndex(byGroup, status);
      String hint = vendor.indexHint(INDEX + index);
      branches.add(new ListBranch(hint, condition, rank));
    }
    status
        .filter(tokenStatus -> tokenStatus != TokenStatus.REVOKED)
        .ifPresent(
            tokenStatus -> {
              WhereClause condition = elsewhere(tokenStatus, groups(filter), now);
              further(condition, filter, now, vendor);
              branches.add(new ListBranch(vendor.indexHint(INDEX + "due"), condition, rank));
            });
    return branches;
  }

  private static String statusIndex(boolean byGroup, Optional<TokenStatus> status) {
    if (byGroup) {
      return status.isPresent() ? "group_status" : "group";
    }
    return status.isPresent() ? "status" : "newest";
  }

  /** Returns a condition for tokens that have the given status, but another {@code list_status}. */
  private static WhereClause elsewhere(TokenStatus status, List<EntityRef> groups, Instant now) {
    List<Integer> others =
        new ArrayList<>(List.of(StatusColumn.ACTIVE, StatusColumn.EXPIRING, StatusColumn.EXPIRED));
    others.remove(Integer.valueOf(StatusColumn.of(status)));
    WhereClause condition = new WhereClause().in("t.list_status", others);
    within(condition, status, now);
    inGroups(condition, groups);
    return condition;
  }

  /**
   * Adds the condition that a token has the given status at the given instant. The condition
   * follows the rule of {@link ServiceToken#statusAt}.
   */
  private static void within(WhereClause condition, TokenStatus status, Instant now) {
    LocalDateTime present = InstantConverter.column(now);
    LocalDateTime soon = InstantConverter.column(now.plus(ServiceToken.EXPIRING_WINDOW));
    switch (status) {
      case ACTIVE -> condition.and("t.expires_at >= ?", soon);
      case EXPIRING -> condition.and("t.expires_at > ? and t.expires_at < ?", present, soon);
      case EXPIRED -> condition.and("t.expires_at <= ?", present);
      case REVOKED -> {} // does not depend on time
    }
  }

  private static void inGroups(WhereClause condition, List<EntityRef> groups) {
    if (!groups.isEmpty()) {
      condition.in("t.group_entity_ref", groups.stream().map(EntityRef::toString).toList());
    }
  }

  /** Adds all conditions of the filter except status and groups. */
  private static void further(
      WhereClause condition, TokenFilter filter, Instant now, DatabaseKind vendor) {
    filter
        .createdBy()
        .ifPresent(
            creator ->
                condition.and("t.created_by_key = ? and t.created_by = ?", creator, creator));
    filter
        .createdBefore()
        .ifPresent(instant -> condition.and("t.created_at < ?", InstantConverter.column(instant)));
    if (filter.live()) {
      condition.and("t.revoked_at is null and t.expires_at > ?", InstantConverter.column(now));
    }
    filter
        .expiresAfter()
        .ifPresent(instant -> condition.and("t.expires_at >= ?", InstantConverter.column(instant)));
    filter
        .expiresBefore()
        .ifPresent(instant -> condition.and("t.expires_at < ?", InstantConverter.column(instant)));
    filter
        .lastUsedBefore()
        .ifPresent(
            instant ->
                condition.and(
                    "t.last_used_order > ? and t.last_used_order < ?",
                    NEVER,
                    InstantConverter.column(instant)));
    filter
        .unusedSince()
        .ifPresent(
            instant -> condition.and("t.last_used_order < ?", InstantConverter.column(instant)));
    if (filter.neverUsed()) {
      condition.and("t.last_used_order = ?", NEVER);
    }
    if (filter.rotating()) {
      LocalDateTime present = InstantConverter.column(now);
      condition.and(
          "t.revoked_at is null and t.expires_at > ? and t.id in (select s.token_id from"
              + " access_token_secrets s where s.ended_at is null and s.expires_at > ?)",
          present,
          present);
    }
    filter
        .text()
        .ifPresent(
            text ->
                condition.and(
                    vendor.searchCondition("t.search_text", text) + " escape '!'", pattern(text)));
  }

  /**
   * Returns a pattern for SQL {@code like} that matches every text with the given text in it.
   * Wildcards in the given text are escaped.
   */
  static String pattern(String text) {
    return '%' + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + '%';
  }

  /**
   * Appends a query that selects an expression of each row of this branch, in any order. The caller
   * can append a limit.
   *
   * @param what the SQL expression to select
   * @param values the list to which the parameter values of the query are added
   */
  void select(StringBuilder sql, String what, List<Object> values) {
    select(sql, what, condition, values);
  }

  /**
   * Appends a query that selects an expression of each matching row, in any order. The caller can
   * append an order and a limit.
   *
   * @param what the SQL expression to select
   * @param narrower the condition of this branch, with further conditions
   * @param values the list to which the parameter values of the query are added
   */
  void select(StringBuilder sql, String what, WhereClause narrower, List<Object> values) {
    sql.append("select ").append(what).append(" from ").append(TokenEntity.TABLE).append(" t");
    sql.append(hint);
    narrower.appendTo(sql, values);
  }
}
