package io.accesstokens.store.listing;

import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.StatelessSession;
import org.hibernate.query.NativeQuery;

/**
 * Reads pages of tokens.
 *
 * <p>The cost of these lists does not depend on the number of tokens:
 *
 * <ul>
 *   <li>a list that is filtered only by status and group, and sorted by creation or status
 *   <li>a list of one status, or of all live tokens, that is sorted by group
 *   <li>a list of the unused tokens of one status, or of all unused live tokens, that is sorted by
 *       creation, status, group or last use
 * </ul>
 *
 * <p>No index can contain the current status of a token, because the status changes with time. The
 * column {@code list_status} contains the status at the last run of maintenance. A query for a
 * status is divided into branches ({@link ListBranch}). Each branch reads an index in the order of
 * the page and stops at the end of the page. These are the branches:
 *
 * <ul>
 *   <li>One branch for each group finds tokens by {@code list_status}. A condition on {@code
 *       expires_at} selects only tokens that still have this status at the instant of the query.
 *       These branches find nearly all tokens.
 *   <li>One more branch finds the tokens whose {@code list_status} is out of date, because
 *       maintenance has not run yet. On H2, this branch is divided: each other status has its own
 *       branch. There are few of these tokens, and {@code expires_at} finds them.
 * </ul>
 *
 * <p>Therefore the result is exact even if maintenance has not run. Maintenance makes the query
 * fast.
 *
 * <p>A query for more than {@link #MAX_MERGED_GROUPS} groups has no branch for each group, because
 * on H2, the time to parse a union grows with the square of the number of its branches.
 *
 * <p>There are two ways to read a list with another filter or order, or with more groups:
 *
 * <ul>
 *   <li>If at most {@link BoundedCount#EXACT_UP_TO} tokens match, one statement finds, counts and
 *       sorts all of them ({@link MatchingTokens}). This statement costs at most one scan of the
 *       table.
 *   <li>If more tokens match, a query reads an index in the order of the page. The page is full
 *       after a short read, because many tokens match.
 * </ul>
 *
 * <p>All these queries return only ids and positions. A second query reads only the rows of the
 * page (a deferred join). The start of the next page comes from the first query: a token can be
 * used between the two queries, and then has another position.
 */
public final class TokenListing {

  /**
   * Maximum offset of a page, in rows. No table has so many rows. The limit prevents an overflow of
   * {@code offset + limit}.
   */
  private static final long FARTHEST_OFFSET = 1L << 40;

  /**
   * Number of rows that are read at once. This limit bounds the memory use: a row can have 100 KB
   * of scopes, and its texts are in memory two or three times until the row becomes a token.
   */
  public static final int ROWS_AT_ONCE = 100;

  /** Maximum number of groups with a branch of their own in a query. */
  static final int MAX_MERGED_GROUPS = 16;

  private final DatabaseKind databaseKind;
  private final MatchingTokens matchingTokens;

  public TokenListing(DatabaseKind databaseKind) {
    this.databaseKind = databaseKind;
    this.matchingTokens = new MatchingTokens(databaseKind);
  }

  /**
   * The tokens of a page, and the total number of matching tokens.
   *
   * @param tokens the tokens of the page, and one more token if more tokens follow
   * @param total the number of matching tokens, or a lower bound
   */
  record CountedTokens(List<ListedToken> tokens, BoundedCount total) {}

  /**
   * Returns true if indexes find the tokens that match a filter. A list in the order of creation or
   * status then reads only the rows of its page.
   */
  public static boolean isIndexed(TokenFilter filter) {
    return filter.isPlain() && !hasManyGroups(filter.groups());
  }

  static boolean hasManyGroups(Optional<Set<EntityRef>> groups) {
    return groups.map(Set::size).orElse(0) > MAX_MERGED_GROUPS;
  }

  public TokenPage page(StatelessSession session, TokenQuery query, Instant now) {
    if (query.filter().isContradictory()) {
      return new TokenPage(List.of(), new BoundedCount(0, false), Optional.empty());
    }
    CountedTokens counted = find(session, query, now);
    boolean more = counted.tokens().size() > query.limit();
    List<ListedToken> listed = more ? counted.tokens().subList(0, query.limit()) : counted.tokens();
    return new TokenPage(
        tokens(session, listed.stream().map(ListedToken::id).toList()),
        counted.total(),
        more
            ? Optional.of(listed.get(listed.size() - 1).position(query.order().key()))
            : Optional.empty());
  }

  private CountedTokens find(StatelessSession session, TokenQuery query, Instant now) {
    if (isIndexed(query.filter())) {
      BoundedCount total = total(session, query, now);
      if (query.limit() == 0) {
        return new CountedTokens(List.of(), total);
      }
      if (isOrdered(query) || isUnfiltered(query) || total.lowerBound()) {
        return new CountedTokens(inOrder(session, query, now), total);
      }
      return matchingTokens.find(session, query, now);
    }
    if (isOrdered(query) && isLarge(session, query, now)) {
      return new CountedTokens(
          query.limit() == 0 ? List.of() : inOrder(session, query, now),
          BoundedCount.ofCounted(BoundedCount.EXACT_UP_TO + 1));
    }
    CountedTokens matching = matchingTokens.find(session, query, now);
    return matching.total().lowerBound() && query.limit() > 0
        ? new CountedTokens(inOrder(session, query, now), matching.total())
        : matching;
  }

  /**
   * Returns true if the first branch alone has more than {@link BoundedCount#EXACT_UP_TO} tokens.
   * This check reads only an index, and costs much less than {@link MatchingTokens#find}. Returns
   * false without a query if {@link ListBranch#leading()} of the branch is empty.
   */
  private boolean isLarge(StatelessSession session, TokenQuery query, Instant now) {
    ListBranch first = ListBranch.unordered(query.filter(), now, databaseKind).get(0);
    if (first.leading().isEmpty()) {
      return false;
    }
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder();
    first.select(sql, "1", parameters);
    sql.append(" limit 1 offset ").append(BoundedCount.EXACT_UP_TO);
    return !bound(session.createNativeQuery(sql.toString(), Integer.class), parameters)
        .getResultList()
        .isEmpty();
  }

  private static boolean isUnfiltered(TokenQuery query) {
    return query.status().isEmpty() && query.groups().isEmpty();
  }

  private List<ListedToken> inOrder(StatelessSession session, TokenQuery query, Instant now) {
    return isOrdered(query) ? merged(session, query, now) : readFromIndex(session, query, now);
  }

  /**
   * Returns true if each branch of the query can be read in the order of the list. The page is then
   * merged from these branches.
   */
  private static boolean isOrdered(TokenQuery query) {
    return ListBranch.isOrdered(query.filter(), query.order().key());
  }

  private List<ListedToken> merged(StatelessSession session, TokenQuery query, Instant now) {
    TokenOrder.Key key = query.order().key();
    String sortKey = key == TokenOrder.Key.STATUS ? "" : SortColumn.of(key, now).expression();
    // The limit is not a parameter, because H2 caches the result of a subquery. H2 returns the
    // cached result even if the value of a limit parameter has changed.
    String limit = " limit " + (offset(query) + query.limit() + 1L) + ')';
    List<Object> parameters = new ArrayList<>();
    StringBuilder branches = new StringBuilder();
    for (ListBranch branch : ListBranch.ordered(query.filter(), key, now, databaseKind)) {
      if (!isPassed(query, branch)) {
        branches.append(branches.isEmpty() ? "(" : " union all (");
        select(branches, branch, query, sortKey, parameters);
        branches
            .append(orderBy(query, branch.sortColumns(sortKey, databaseKind), "t"))
            .append(limit);
      }
    }
    if (branches.isEmpty()) {
      return List.of();
    }
    StringBuilder sql =
        new StringBuilder("select u.id, u.created_at, u.sort_key from (").append(branches);
    String of = key == TokenOrder.Key.CREATED_AT ? "" : "u.sort_key";
    sql.append(") u").append(orderBy(query, List.of(of), "u"));
    return page(session, sql, parameters, query);
  }

  /** Appends the query for the tokens of a branch that come after the start of the page. */
  private static void select(
      StringBuilder sql,
      ListBranch branch,
      TokenQuery query,
      String sortKey,
      List<Object> parameters) {
    WhereClause condition = branch.condition().copy();
    if (query.after().isPresent() && isAt(query, branch)) {
      ListPosition after = query.after().get();
      SortColumn.addAfter(
          condition,
          sortKey.isEmpty() ? new ListPosition(after.createdAt(), after.id()) : after,
          query.order().descending(),
          sortKey,
          "t.created_at",
          "t.id");
    }
    String what =
        "t.id, t.created_at, " + (sortKey.isEmpty() ? branch.rank() : sortKey) + " as sort_key";
    branch.select(sql, what, condition, parameters);
  }

  /**
   * Returns the order of a list: by the given columns, then by the time of creation, then by the
   * id.
   *
   * @param columns SQL expressions; empty texts are ignored
   * @param table the name of the table with the time of creation and the id
   */
  private static String orderBy(TokenQuery query, List<String> columns, String table) {
    String direction = query.order().descending() ? " desc" : "";
    return Stream.concat(columns.stream(), Stream.of(table + ".created_at", table + ".id"))
        .filter(column -> !column.isEmpty())
        .map(column -> column + direction)
        .collect(Collectors.joining(", ", " order by ", ""));
  }

  /** Returns true if all tokens of a branch come before the start of the page. */
  private static boolean isPassed(TokenQuery query, ListBranch branch) {
    return query.order().key() == TokenOrder.Key.STATUS
        && query.after().isPresent()
        && compareRank(query, branch) < 0;
  }

  /** Returns true if the start of the page is within a branch. */
  private static boolean isAt(TokenQuery query, ListBranch branch) {
    return query.order().key() != TokenOrder.Key.STATUS || compareRank(query, branch) == 0;
  }

  private static int compareRank(TokenQuery query, ListBranch branch) {
    int compared =
        Integer.compare(branch.rank(), Integer.parseInt(query.after().orElseThrow().value()));
    return query.order().descending() ? -compared : compared;
  }

  /** Returns the tokens of the page, read from an index that has the order of the page. */
  private List<ListedToken> readFromIndex(StatelessSession session, TokenQuery query, Instant now) {
    SortColumn column = SortColumn.of(query.order().key(), now);
    ListBranch branch =
        ListBranch.inOrderOf(column.index().orElseThrow(), query.filter(), now, databaseKind);
    WhereClause condition = branch.condition().copy();
    query
        .after()
        .ifPresent(
            after ->
                SortColumn.addAfter(
                    condition,
                    after,
                    query.order().descending(),
                    column.expression(),
                    "t.created_at",
                    "t.id"));
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder();
    String what = "t.id, t.created_at, " + column.expression() + " as sort_key";
    branch.select(sql, what, condition, parameters);
    sql.append(orderBy(query, List.of(column.expression()), "t"));
    return page(session, sql, parameters, query);
  }

  private static List<ListedToken> page(
      StatelessSession session, StringBuilder sql, List<Object> parameters, TokenQuery query) {
    sql.append(" limit ? offset ?");
    parameters.add(query.limit() + 1L);
    parameters.add(offset(query));
    return ListedToken.read(session, sql.toString(), parameters, query.order().key());
  }

  static long offset(TokenQuery query) {
    return Math.min(query.offset(), FARTHEST_OFFSET);
  }

  private static List<ServiceToken> tokens(StatelessSession session, List<String> ids) {
    Map<String, ServiceToken> tokens = new HashMap<>();
    for (int from = 0; from < ids.size(); from += ROWS_AT_ONCE) {
      List<TokenEntity> rows =
          session
              .createSelectionQuery("from TokenEntity t where t.id in (:ids)", TokenEntity.class)
              .setParameterList("ids", ids.subList(from, Math.min(from + ROWS_AT_ONCE, ids.size())))
              .getResultList();
      SecretTable.tokens(session, rows).forEach(token -> tokens.put(token.id().toString(), token));
    }
    return ids.stream().map(tokens::get).filter(Objects::nonNull).toList();
  }

  /**
   * Returns the number of matching tokens; a lower bound if more than {@link
   * BoundedCount#EXACT_UP_TO} tokens match. If the first branch alone has more tokens, the query
   * does not count them. On MariaDB, the test for this case costs half of a count.
   */
  private BoundedCount total(StatelessSession session, TokenQuery query, Instant now) {
    List<ListBranch> branches = ListBranch.unordered(query.filter(), now, databaseKind);
    ListBranch most = branches.get(0);
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder("select coalesce((");
    most.select(sql, String.valueOf(BoundedCount.EXACT_UP_TO + 1), parameters);
    sql.append(" limit 1 offset ").append(BoundedCount.EXACT_UP_TO).append("), (");
    most.select(sql, "count(*)", parameters);
    sql.append(')');
    for (ListBranch branch : branches.subList(1, branches.size())) {
      sql.append(" + (select count(*) from (");
      branch.select(sql, "1 as one", parameters);
      sql.append(" limit ").append(BoundedCount.EXACT_UP_TO + 1).append(") c)");
    }
    sql.append(')');
    return BoundedCount.ofCounted(
        bound(session.createNativeQuery(sql.toString(), Long.class), parameters).getSingleResult());
  }

  static <T> NativeQuery<T> bound(NativeQuery<T> query, List<Object> parameters) {
    for (int i = 0; i < parameters.size(); i++) {
      query.setParameter(i + 1, parameters.get(i));
    }
    return query;
  }
}
