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
 * A part of the tokens that match a filter. Each matching token is in exactly one branch. One index
 * finds all tokens of a branch.
 *
 * @param source the SQL text that the branch selects from, with the alias {@code t}. It can make
 *     the database use the index.
 * @param sourceValues the parameter values of the source
 * @param condition the condition that selects the tokens of the branch
 * @param rank the rank of the status that all tokens of the branch have; 0 if the status is not
 *     known
 * @param leading the columns of the index before the time of creation; empty if the branch has few
 *     rows
 */
record ListBranch(
    String source,
    List<Object> sourceValues,
    WhereClause condition,
    int rank,
    List<String> leading) {

  private static final String TABLE = TokenEntity.TABLE + " t";
  private static final String INDEX = "service_access_tokens_";
  private static final String USE = "status_last_used";

  /** The columns before the time of creation, of each index that the branches of a list use. */
  private static final Map<String, List<String>> LEADING =
      Map.of(
          "newest",
          List.of(),
          "status",
          List.of("t.list_status"),
          "group",
          List.of("t.group_entity_ref"),
          "group_status",
          List.of("t.group_entity_ref", "t.list_status"),
          "creator",
          List.of("t.created_by_key"),
          USE,
          List.of("t.list_status", "t.last_used_order"));

  /** The values of {@code list_status} of tokens that are not revoked. */
  static final List<Integer> UNREVOKED =
      List.of(StatusColumn.ACTIVE, StatusColumn.EXPIRING, StatusColumn.EXPIRED);

  /**
   * Value of {@code last_used_order} for a token that was never used. This value is earlier than
   * the time of any use.
   */
  private static final LocalDateTime NEVER = InstantConverter.column(Instant.EPOCH);

  /**
   * Returns the branches for a list in the order of creation, status or last use. Each branch reads
   * an index in this order. A list of at most {@link TokenListing#MAX_MERGED_GROUPS} groups has at
   * least one branch for each group. In all other lists, one branch contains the tokens of all
   * groups.
   *
   * @param key the sort key; the last use only if {@link #isIndexedByStatusAndUse}
   */
  static List<ListBranch> ordered(
      TokenFilter filter, TokenOrder.Key key, Instant now, DatabaseKind vendor) {
    boolean byGroup = filter.groups().isPresent() && !TokenListing.hasManyGroups(filter.groups());
    // The index by last use has the tokens without a use in the order of creation.
    boolean byUse =
        key == TokenOrder.Key.LAST_USED_AT
            || (filter.neverUsed() && filter.groups().isEmpty() && isIndexedByUse(filter));
    List<List<EntityRef>> parts = new ArrayList<>();
    if (byGroup) {
      groups(filter).forEach(group -> parts.add(List.of(group)));
    } else {
      parts.add(groups(filter));
    }
    List<ListBranch> branches = new ArrayList<>();
    for (Optional<TokenStatus> status : statuses(filter, byUse || key == TokenOrder.Key.STATUS)) {
      boolean byCreator = filter.createdBy().isPresent() && !byGroup && status.isEmpty();
      String index = byUse ? USE : byCreator ? "creator" : statusIndex(byGroup, status.isPresent());
      branches.addAll(branches(filter, status, parts, index, now, vendor));
    }
    return branches;
  }

  /** Returns as few branches as possible, for queries that do not need an order, such as counts. */
  static List<ListBranch> unordered(TokenFilter filter, Instant now, DatabaseKind vendor) {
    List<EntityRef> groups = groups(filter);
    if (filter.isPlain()) {
      String index = statusIndex(!groups.isEmpty(), filter.status().isPresent());
      return branches(filter, filter.status(), List.of(groups), index, now, vendor);
    }
    boolean used =
        filter.neverUsed()
            || filter.unusedSince().isPresent()
            || filter.lastUsedBefore().isPresent();
    if (used && isIndexedByUse(filter) && !TokenListing.hasManyGroups(filter.groups())) {
      String index = groups.isEmpty() ? USE : "counts";
      List<ListBranch> branches = new ArrayList<>();
      for (Optional<TokenStatus> status : statuses(filter, true)) {
        branches.addAll(branches(filter, status, List.of(groups), index, now, vendor));
      }
      return branches;
    }
    // No index contains the columns of the filter, or the database can choose the index better.
    return List.of(scanned(filter, TABLE, now, vendor));
  }

  /**
   * Returns true if the filter selects by status, and the index by status and last use contains all
   * columns of the filter. So each branch finds the tokens of a page in the order of the last use
   * without a read of other tokens.
   */
  static boolean isIndexedByStatusAndUse(TokenFilter filter) {
    return (filter.live() || filter.status().isPresent())
        && filter.groups().isEmpty()
        && isIndexedByUse(filter);
  }

  /** Returns true if an index with the last use contains all columns of the filter. */
  private static boolean isIndexedByUse(TokenFilter filter) {
    return filter.text().isEmpty() && filter.createdBy().isEmpty() && !filter.rotating();
  }

  /**
   * Returns the statuses of the tokens that can match a filter.
   *
   * @param byStatus false to return an empty {@code Optional} if the filter has no status
   */
  private static List<Optional<TokenStatus>> statuses(TokenFilter filter, boolean byStatus) {
    if (!byStatus && filter.status().isEmpty()) {
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
  static ListBranch inOrderOf(String index, TokenFilter filter, Instant now, DatabaseKind vendor) {
    return scanned(filter, table(index, vendor), now, vendor);
  }

  private static ListBranch scanned(
      TokenFilter filter, String source, Instant now, DatabaseKind vendor) {
    WhereClause condition = new WhereClause();
    inGroups(condition, groups(filter));
    filter
        .status()
        .ifPresent(
            status -> {
              String comparison = status == TokenStatus.REVOKED ? " = " : " < ";
              condition.and("t.list_status" + comparison + StatusColumn.REVOKED);
              within(condition, status, now);
            });
    live(condition, filter, now);
    further(condition, filter, now, vendor);
    return new ListBranch(source, List.of(), condition, 0, List.of());
  }

  /** Returns the groups of the filter. An empty list means all groups. */
  private static List<EntityRef> groups(TokenFilter filter) {
    List<EntityRef> groups = new ArrayList<>();
    filter.groups().ifPresent(groups::addAll);
    return groups;
  }

  /**
   * Returns one branch for each element of {@code parts}. With a status, the branches select by the
   * column {@code list_status}. For a status other than revoked, further branches find the tokens
   * whose {@code list_status} is out of date.
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
      DatabaseKind vendor) {
    List<ListBranch> branches = new ArrayList<>();
    int rank = status.map(TokenStatus::rank).orElse(0);
    for (List<EntityRef> part : parts) {
      WhereClause condition = new WhereClause();
      inGroups(condition, part);
      status.ifPresent(
          tokenStatus -> {
            condition.equal("t.list_status", StatusColumn.of(tokenStatus));
            within(condition, tokenStatus, now);
          });
      if (status.isEmpty()) {
        live(condition, filter, now);
      }
      further(condition, filter, now, vendor);
      branches.add(
          new ListBranch(
              table(index, vendor),
              List.of(),
              condition,
              rank,
              LEADING.getOrDefault(index, List.of())));
    }
    status
        .filter(tokenStatus -> tokenStatus != TokenStatus.REVOKED)
        .ifPresent(
            tokenStatus -> {
              for (List<Integer> stored : otherStatuses(tokenStatus, vendor)) {
                ListBranch branch = outOfDate(tokenStatus, stored, now, vendor);
                inGroups(branch.condition, groups(filter));
                further(branch.condition, filter, now, vendor);
                branches.add(branch);
              }
            });
    return branches;
  }

  /** Returns the table, with the hint to use the index of this name without its prefix. */
  private static String table(String index, DatabaseKind vendor) {
    return TABLE + vendor.indexHint(INDEX + index);
  }

  private static String statusIndex(boolean byGroup, boolean byStatus) {
    if (byGroup) {
      return byStatus ? "group_status" : "group";
    }
    return byStatus ? "status" : "newest";
  }

  /**
   * Returns the values of {@code list_status} that a token with the given status can have if the
   * value is out of date, in one list for each branch.
   */
  private static List<List<Integer>> otherStatuses(TokenStatus status, DatabaseKind vendor) {
    return parts(
        UNREVOKED.stream().filter(other -> other != StatusColumn.of(status)).toList(), vendor);
  }

  /**
   * Divides values of {@code list_status} into one list for each query that reads an index whose
   * first column is {@code list_status}. With more than one value in a condition, H2 uses only the
   * first column of an index, and reads all tokens with these values.
   */
  static List<List<Integer>> parts(List<Integer> statuses, DatabaseKind vendor) {
    return vendor == DatabaseKind.H2 ? statuses.stream().map(List::of).toList() : List.of(statuses);
  }

  /**
   * Returns a branch of all tokens that have the given status, but one of the given values of
   * {@code list_status}. On PostgreSQL, a subquery finds the ids of these few tokens, and another
   * one reads their rows. The offsets prevent the planner from merging the subqueries with the
   * query.
   */
  private static ListBranch outOfDate(
      TokenStatus status, List<Integer> stored, Instant now, DatabaseKind vendor) {
    WhereClause condition = new WhereClause().in("t.list_status", stored);
    within(condition, status, now);
    Optional<String> few = vendor.fewRows("t.expires_at", "t.list_status");
    if (few.isEmpty()) {
      return new ListBranch(table("due", vendor), List.of(), condition, status.rank(), List.of());
    }
    List<Object> values = new ArrayList<>();
    StringBuilder source =
        new StringBuilder("(select t.* from ")
            .append(TABLE)
            .append(" where t.id = any (array(select t.id from ")
            .append(TABLE);
    condition.and(few.get()).appendTo(source, values);
    source.append(" offset 0)) offset 0) t");
    return new ListBranch(source.toString(), values, new WhereClause(), status.rank(), List.of());
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

  /** Adds the condition that a token is live, if the filter selects only live tokens. */
  private static void live(WhereClause condition, TokenFilter filter, Instant now) {
    if (filter.live()) {
      condition
          .and("t.list_status < " + StatusColumn.REVOKED)
          .and("t.expires_at > ?", InstantConverter.column(now));
    }
  }

  private static void inGroups(WhereClause condition, List<EntityRef> groups) {
    if (!groups.isEmpty()) {
      condition.in("t.group_entity_ref", groups.stream().map(EntityRef::toString).toList());
    }
  }

  /** Adds all conditions of the filter except status, groups and {@code live}. */
  private static void further(
      WhereClause condition, TokenFilter filter, Instant now, DatabaseKind vendor) {
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
                    "t.last_used_order > ? and t.last_used_order < ?",
                    NEVER,
                    InstantConverter.column(instant)));
    filter
        .unusedSince()
        .ifPresent(
            instant -> condition.and("t.last_used_order < ?", InstantConverter.column(instant)));
    if (filter.neverUsed()) {
      condition.equal("t.last_used_order", NEVER);
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
   * Returns the columns with which a sort by the given key and the time of creation must begin, see
   * {@link WhereClause#sortPrefix}.
   */
  List<String> sortPrefix(String sortKey, DatabaseKind vendor) {
    return condition.sortPrefix(
        leading.stream().filter(column -> !column.equals(sortKey)).toList(), vendor);
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
