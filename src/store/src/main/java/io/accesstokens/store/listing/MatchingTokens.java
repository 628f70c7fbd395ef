package io.accesstokens.store.listing;

import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.TokenQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.StatelessSession;

/**
 * Finds, counts and sorts the tokens that match a filter, by one statement.
 *
 * <p>The order of an index would not help, because the statement reads all matching tokens. If more
 * than {@link BoundedCount#EXACT_UP_TO} tokens match, the statement stops early. The count is then
 * only a lower bound.
 */
final class MatchingTokens {

  private final DatabaseKind databaseKind;

  MatchingTokens(DatabaseKind databaseKind) {
    this.databaseKind = databaseKind;
  }

  /**
   * Returns a page of tokens, and one more token if more tokens follow.
   *
   * @return the tokens and the total. There are no tokens if the total is only a lower bound, or if
   *     the limit of the query is 0.
   */
  TokenListing.CountedTokens find(StatelessSession session, TokenQuery query, Instant now) {
    if (query.limit() == 0) {
      return new TokenListing.CountedTokens(List.of(), total(session, query, now));
    }
    List<ListedToken> tokens = tokens(session, query, now);
    if (tokens.isEmpty()) {
      return new TokenListing.CountedTokens(List.of(), total(session, query, now));
    }
    BoundedCount total = BoundedCount.ofCounted(tokens.get(0).matching());
    return new TokenListing.CountedTokens(total.lowerBound() ? List.of() : tokens, total);
  }

  private List<ListedToken> tokens(StatelessSession session, TokenQuery query, Instant now) {
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql =
        new StringBuilder("select g.id, g.created_at, g.sort_key, g.matching from (")
            .append("select m.id, m.created_at, m.sort_key, count(*) over () as matching from (");
    SortColumn column = SortColumn.of(query.order().key(), now);
    String key = column.expression().isEmpty() ? "0" : column.expression();
    appendMatches(
        sql,
        "t.id, t.created_at, " + key + " as sort_key",
        column.parameters(),
        parameters,
        query,
        now);
    sql.append(") m) g");
    WhereClause condition = new WhereClause();
    boolean descending = query.order().descending();
    query
        .after()
        .ifPresent(
            after ->
                SortColumn.addAfter(
                    condition,
                    after,
                    descending,
                    column.expression().isEmpty() ? "" : "g.sort_key",
                    "g.created_at",
                    "g.id"));
    condition.appendTo(sql, parameters);
    String direction = descending ? " desc" : "";
    sql.append(" order by g.sort_key").append(direction);
    sql.append(", g.created_at").append(direction).append(", g.id").append(direction);
    sql.append(" limit ? offset ?");
    parameters.add(query.limit() + 1L);
    parameters.add(TokenListing.offset(query));
    return ListedToken.readCounted(session, sql.toString(), parameters, query.order().key());
  }

  private BoundedCount total(StatelessSession session, TokenQuery query, Instant now) {
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder("select count(*) from (");
    appendMatches(sql, "1 as one", List.of(), parameters, query, now);
    sql.append(") m");
    return BoundedCount.ofCounted(
        TokenListing.bound(session.createNativeQuery(sql.toString(), Long.class), parameters)
            .getSingleResult());
  }

  /**
   * Appends a query for the matching tokens. Each branch of the query stops when it has found more
   * than {@link BoundedCount#EXACT_UP_TO} tokens.
   */
  private void appendMatches(
      StringBuilder sql,
      String what,
      List<Object> whatParameters,
      List<Object> parameters,
      TokenQuery query,
      Instant now) {
    String separator = "";
    for (ListBranch branch : ListBranch.unordered(query.filter(), now, databaseKind)) {
      sql.append(separator).append('(');
      parameters.addAll(whatParameters);
      branch.select(sql, what, parameters);
      // The limit is not a parameter. TokenListing explains why.
      sql.append(" limit ").append(BoundedCount.EXACT_UP_TO + 1).append(')');
      separator = " union all ";
    }
  }
}
