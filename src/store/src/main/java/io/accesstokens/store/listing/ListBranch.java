package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.StatusColumn;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A part of the tokens that match a filter. Each matching token is in exactly one branch. A branch
 * is read with one index, or by a scan of the table.
 *
 * @param source the SQL text that the branch selects from, with the alias {@code t}. This text can
 *     make the database use the index.
 * @param sourceValues the parameter values of the source
 * @param condition the condition that selects the tokens of the branch
 * @param rank the rank of the status that all tokens of the branch have. If the status is not
 *     known, the value is 0, which is also the rank of {@link TokenStatus#ACTIVE}.
 * @param leading the columns of the index before the time of creation. Empty in these cases:
 *     <ul>
 *       <li>The index begins with the time of creation.
 *       <li>The branch contains the few tokens whose {@code list_status} is out of date.
 *       <li>The branch contains the whole list, and is not read with an index for the filter.
 *     </ul>
 */
record ListBranch(
    String source,
    List<Object> sourceValues,
    WhereClause condition,
    int rank,
    List<String> leading) {

  private static final String TABLE = TokenEntity.TABLE + " t";
  private static final String INDEX = "service_access_tokens_";
  private static final String LIST_STATUS = "t.list_status";
  private static final String GROUP = "t.group_entity_ref";
  private static final String CREATOR = "creator";
  private static final String GROUP_STATUS = "group_status";
  private static final String USE = "status_last_used";

  /** Name of the index by status, group and last use. */
  private static final String GROUP_USE = "counts";

  /** The columns of each index before the time of creation, by the name of the index. */
  private static final Map<String, List<String>> LEADING =
      Map.of(
          "newest",
          List.of(),
          "status",
          List.of(LIST_STATUS),
          "group",
          List.of(GROUP),
          GROUP_STATUS,
          List.of(LIST_STATUS, GROUP),
          CREATOR,
          List.of("t.created_by_key"),
          USE,
          List.of(LIST_STATUS, "t.last_used_order"),
          GROUP_USE,
          List.of(LIST_STATUS, GROUP, "t.last_used_order"));

  /** The values of {@code list_status} of tokens that are not revoked. */
  static final List<Integer> UNREVOKED =
      List.of(StatusColumn.ACTIVE, StatusColumn.EXPIRING, StatusColumn.EXPIRED);

  /**
   * SQL expression for the value of {@code last_used_order} of a token that was never used. This
   * value is earlier than the time of any use. The value is a constant and not a parameter.
   * Therefore the planner of PostgreSQL knows that many tokens have this value.
   */
  static final String NEVER = "timestamp '1970-01-01 00:00:00'";

  /**
   * Returns the branches for a list. The branches with the few tokens whose {@code list_status} is
   * out of date contain all groups of the list, and have no order. Each other branch reads an index
   * in the order of the list. Such a branch contains one group if the filter selects at most {@link
   * TokenListing#MAX_MERGED_GROUPS} groups. Otherwise it contains all groups of the list.
   *
   * @param key the sort key, for which {@link #isOrdered} returns true
   */
  static List<ListBranch> ordered(
      TokenFilter filter, TokenOrder.Key key, Instant now, DatabaseKind databaseKind) {
    boolean byGroup = filter.groups().isPresent() && !TokenListing.hasManyGroups(filter.groups());
    List<List<EntityRef>> parts = new ArrayList<>();
    if (byGroup) {
      groups(filter).forEach(group -> parts.add(List.of(group)));
    } else {
      parts.add(groups(filter));
    }
    String index = index(filter, key, byGroup || key == TokenOrder.Key.GROUP);
    List<ListBranch> branches = new ArrayList<>();
    for (Optional<TokenStatus> status : statuses(filter, index)) {
      branches.addAll(branches(filter, status, parts, index, now, databaseKind));
    }
    return branches;
  }

  /** Returns true if {@link #ordered} supports a list with this filter and sort key. */
  static boolean isOrdered(TokenFilter filter, TokenOrder.Key key) {
    return switch (key) {
      case CREATED_AT, STATUS -> true;
      case GROUP -> selectsByStatus(filter) && isIndexedByUse(filter);
      case LAST_USED_AT ->
          selectsByStatus(filter)
              && isIndexedByUse(filter)
              && !TokenListing.hasManyGroups(filter.groups());
      case NAME, EXPIRES_AT, CREATED_BY -> false;
    };
  }

  /**
   * Returns the name of the index for a list, without the table name as its prefix.
   *
   * @param key the sort key
   * @param byGroup true if the index must contain the group
   */
  private static String index(TokenFilter filter, TokenOrder.Key key, boolean byGroup) {
    // The indexes by last use have the tokens without a use in the order of creation.
    boolean isUnused =
        filter.neverUsed() && isIndexedByUse(filter) && (byGroup || filter.groups().isEmpty());
    if (isUnused || key == TokenOrder.Key.LAST_USED_AT) {
      return byGroup ? GROUP_USE : USE;
    }
    boolean byStatus =
        key == TokenOrder.Key.STATUS || key == TokenOrder.Key.GROUP || filter.status().isPresent();
    return filter.createdBy().isPresent() && !byGroup && !byStatus
        ? CREATOR
        : statusIndex(byGroup, byStatus);
  }

  /** Returns as few branches as possible, for queries that do not need an order, such as counts. */
  static List<ListBranch> unordered(TokenFilter filter, Instant now, DatabaseKind databaseKind) {
    List<EntityRef> groups = groups(filter);
    boolean isUsed =
        filter.neverUsed()
            || filter.unusedSince().isPresent()
            || filter.lastUsedBefore().isPresent();
    String index;
    if (filter.isPlain()) {
      index = statusIndex(!groups.isEmpty(), filter.status().isPresent());
    } else if (isUsed && isIndexedByUse(filter) && !TokenListing.hasManyGroups(filter.groups())) {
      index = groups.isEmpty() ? USE : GROUP_USE;
    } else {
      // No index contains the columns of the filter, or the database can choose the index better.
      return List.of(scanned(filter, TABLE, now, databaseKind));
    }
    List<ListBranch> branches = new ArrayList<>();
    for (Optional<TokenStatus> status : statuses(filter, index)) {
      branches.addAll(branches(filter, status, List.of(groups), index, now, databaseKind));
    }
    return branches;
  }

  private static boolean selectsByStatus(TokenFilter filter) {
    return filter.live() || filter.status().isPresent();
  }

  /** Returns true if an index with the last use contains all columns of the filter. */
  private static boolean isIndexedByUse(TokenFilter filter) {
    return filter.text().isEmpty() && filter.createdBy().isEmpty() && !filter.rotating();
  }

  /**
   * Returns the statuses of the tokens that can match a filter. If the index does not begin with
   * the status, returns only one element: an empty {@code Optional}.
   *
   * @param index the name of the index, without the table name as its prefix
   */
  private static List<Optional<TokenStatus>> statuses(TokenFilter filter, String index) {
    if (!LEADING.getOrDefault(index, List.of()).contains(LIST_STATUS)) {
      return List.of(Optional.empty());
    }
    return Stream.of(TokenStatus.values())
        .filter(status -> filter.status().isEmpty() || filter.status().get() == status)
        .filter(status -> !filter.live() || status.isLive())
        .map(Optional::of)
        .toList();
  }

  /**
   * Returns one branch that reads the given index in the order of that index.
   *
   * @param index the name of the index, without the table name as its prefix
   */
  static ListBranch inOrderOf(
      String index, TokenFilter filter, Instant now, DatabaseKind databaseKind) {
    return scanned(filter, table(index, databaseKind), now, databaseKind);
  }

  private static ListBranch scanned(
      TokenFilter filter, String source, Instant now, DatabaseKind databaseKind) {
    WhereClause condition = new WhereClause();
    addGroups(condition, groups(filter));
    filter
        .status()
        .ifPresent(
            status -> {
              condition.in(
                  LIST_STATUS,
                  status == TokenStatus.REVOKED ? List.of(StatusColumn.REVOKED) : UNREVOKED);
              addStatus(condition, status, now);
            });
    addLive(condition, filter, now);
    addOther(condition, filter, now, databaseKind);
    return new ListBranch(source, List.of(), condition, 0, List.of());
  }

  /** Returns the groups of the filter. An empty list means all groups. */
  private static List<EntityRef> groups(TokenFilter filter) {
    List<EntityRef> groups = new ArrayList<>();
    filter.groups().ifPresent(groups::addAll);
    return groups;
  }

  /**
   * Returns one branch for each element of {@code parts}. If {@code status} is present, the
   * branches select by the column {@code list_status}. For a status other than revoked, further
   * branches find the tokens whose {@code list_status} is out of date.
   *
   * @param parts the groups of each branch; an empty list of groups means all groups
   * @param index the name of the index for {@code list_status}, without the table name as its
   *     prefix
   */
  private static List<ListBranch> branches(
      TokenFilter filter,
      Optional<TokenStatus> status,
      List<List<EntityRef>> parts,
      String index,
      Instant now,
      DatabaseKind databaseKind) {
    List<ListBranch> branches = new ArrayList<>();
    int rank = status.map(TokenStatus::rank).orElse(0);
    for (List<EntityRef> part : parts) {
      WhereClause condition = new WhereClause();
      addGroups(condition, part);
      status.ifPresent(
          tokenStatus -> {
            condition.equal(LIST_STATUS, StatusColumn.of(tokenStatus));
            addStatus(condition, tokenStatus, now);
          });
      if (status.isEmpty()) {
        addLive(condition, filter, now);
      }
      addOther(condition, filter, now, databaseKind);
      branches.add(
          new ListBranch(
              table(index, databaseKind),
              List.of(),
              condition,
              rank,
              LEADING.getOrDefault(index, List.of())));
    }
    status
        .filter(tokenStatus -> tokenStatus != TokenStatus.REVOKED)
        .ifPresent(
            tokenStatus -> {
              for (List<Integer> stored : otherStatuses(tokenStatus, databaseKind)) {
                ListBranch branch = outOfDate(tokenStatus, stored, now, databaseKind);
                addGroups(branch.condition, groups(filter));
                addOther(branch.condition, filter, now, databaseKind);
                branches.add(branch);
              }
            });
    return branches;
  }

  /** Returns the table with a hint to use an index, whose name is given without its prefix. */
  private static String table(String index, DatabaseKind databaseKind) {
    return TABLE + databaseKind.indexHint(INDEX + index);
  }

  private static String statusIndex(boolean byGroup, boolean byStatus) {
    if (byGroup) {
      return byStatus ? GROUP_STATUS : "group";
    }
    return byStatus ? "status" : "newest";
  }

  /**
   * Returns the outdated values of {@code list_status} that a token with the given status can have.
   * There is one list of values for each branch, see {@link #parts}.
   */
  private static List<List<Integer>> otherStatuses(TokenStatus status, DatabaseKind databaseKind) {
    return parts(
        UNREVOKED.stream().filter(other -> other != StatusColumn.of(status)).toList(),
        databaseKind);
  }

  /**
   * Divides values of {@code list_status} into one list for each query. The queries read an index
   * whose first column is {@code list_status}. On H2, each list has one value. With several values
   * in a condition, H2 would use only the first column of the index, and read all tokens with these
   * values.
   */
  static List<List<Integer>> parts(List<Integer> statuses, DatabaseKind databaseKind) {
    return databaseKind == DatabaseKind.H2
        ? statuses.stream().map(List::of).toList()
        : List.of(statuses);
  }

  /**
   * Returns a branch of the tokens whose status is the given one, although {@code list_status} has
   * one of the given values. There are few of these tokens. On PostgreSQL, one subquery finds their
   * ids, and another subquery reads their rows. {@code offset 0} prevents the planner from merging
   * the subqueries with the query.
   */
  private static ListBranch outOfDate(
      TokenStatus status, List<Integer> stored, Instant now, DatabaseKind databaseKind) {
    WhereClause condition = new WhereClause().in(LIST_STATUS, stored);
    addStatus(condition, status, now);
    Optional<String> indexCondition = databaseKind.indexCondition("t.expires_at", LIST_STATUS);
    if (indexCondition.isEmpty()) {
      return new ListBranch(
          table("due", databaseKind), List.of(), condition, status.rank(), List.of());
    }
    List<Object> values = new ArrayList<>();
    StringBuilder source =
        new StringBuilder("(select t.* from ")
            .append(TABLE)
            .append(" where t.id = any (array(select t.id from ")
            .append(TABLE);
    condition.and(indexCondition.get()).appendTo(source, values);
    source.append(" offset 0)) offset 0) t");
    return new ListBranch(source.toString(), values, new WhereClause(), status.rank(), List.of());
  }

  /**
   * Adds the condition that a token has the given status at the given instant. The condition
   * follows the rule of {@link ServiceToken#statusAt}.
   */
  private static void addStatus(WhereClause condition, TokenStatus status, Instant now) {
    LocalDateTime present = InstantConverter.column(now);
    LocalDateTime soon = InstantConverter.column(now.plus(ServiceToken.EXPIRING_WINDOW));
    switch (status) {
      case ACTIVE -> condition.and("t.expires_at >= ?", soon);
      case EXPIRING -> condition.and("t.expires_at > ? and t.expires_at < ?", present, soon);
      case EXPIRED -> condition.and("t.expires_at <= ?", present);
      case REVOKED -> {} // does not depend on time
    }
  }

  /** Adds the condition that a token is live, if the filter selects only live tokens. */
  private static void addLive(WhereClause condition, TokenFilter filter, Instant now) {
    if (filter.live()) {
      condition.in(LIST_STATUS, UNREVOKED).and("t.expires_at > ?", InstantConverter.column(now));
    }
  }

  private static void addGroups(WhereClause condition, List<EntityRef> groups) {
    if (!groups.isEmpty()) {
      condition.in(GROUP, groups.stream().map(EntityRef::toString).toList());
    }
  }

  /** Adds all conditions of the filter except status, groups and {@code live}. */
  private static void addOther(
      WhereClause condition, TokenFilter filter, Instant now, DatabaseKind databaseKind) {
    filter.createdBy().ifPresent(creator -> condition.byKey("t.created_by", creator));
    filter
        .createdBefore()
        .ifPresent(instant -> condition.and("t.created_at < ?", InstantConverter.column(instant)));
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
                    "t.last_used_order > " + NEVER + " and t.last_used_order < ?",
                    InstantConverter.column(instant)));
    filter
        .unusedSince()
        .ifPresent(
            instant -> condition.and("t.last_used_order < ?", InstantConverter.column(instant)));
    if (filter.neverUsed()) {
      condition.same("t.last_used_order", NEVER);
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
                    databaseKind.searchCondition("t.search_text", text) + " escape '!'",
                    pattern(text)));
  }

  /**
   * Returns a pattern for SQL {@code like} that matches every text with the given text in it.
   * Wildcards in the given text are escaped.
   */
  static String pattern(String text) {
    return '%' + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + '%';
  }

  /**
   * Returns the first columns of the {@code order by} clause; the time of creation follows them.
   * The result is the sort key, or on H2 all columns in {@code leading} if this makes H2 use the
   * index, see {@link WhereClause#sortPrefix}.
   *
   * @param sortKey the SQL expression of the sort key; an empty text if there is no sort key
   */
  List<String> sortColumns(String sortKey, DatabaseKind databaseKind) {
    List<String> others = leading.stream().filter(column -> !column.equals(sortKey)).toList();
    return condition.sortPrefix(others, databaseKind).isEmpty() ? List.of(sortKey) : leading;
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
    sql.append("select ").append(what).append(" from ").append(source);
    values.addAll(sourceValues);
    narrower.appendTo(sql, values);
  }
}
