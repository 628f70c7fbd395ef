package io.accesstokens.store.hibernate;

import io.accesstokens.token.ListPosition;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenPage;
import io.accesstokens.token.TokenQuery;
import io.accesstokens.token.Total;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.hibernate.StatelessSession;
import org.hibernate.query.NativeQuery;

/**
 * Reads pages of tokens, newest first, at a cost that does not grow with the number of tokens.
 *
 * <p>No index can hold a status, which changes as time passes. The column {@code list_status} holds
 * the one that a token had when maintenance last looked, and a filter by status becomes branches
 * ({@link ListBranch}), each of which reads an index in the order of the page and stops at the
 * page's end:
 *
 * <ul>
 *   <li>the tokens that stand in that status and, by {@code expires_at}, are in it at the instant
 *       asked for: nearly all (one branch a group);
 *   <li>those that are in it, but stand in another status because no maintenance has come by yet:
 *       few, found by {@code expires_at}.
 * </ul>
 *
 * <p>So the answer is exact whatever maintenance did, and quick because of it. The branches give
 * ids only; the rows of the page alone are then read (a deferred join). Counts stop at the first
 * that is too many, and touch indexes only.
 */
final class TokenListing {

  private static final Comparator<ServiceToken> NEWEST_FIRST =
      Comparator.comparing(ServiceToken::createdAt)
          .thenComparing(token -> token.id().toString())
          .reversed();

  /** No table has as many rows; keeps offset + limit from overflowing. */
  private static final long FARTHEST_OFFSET = 1L << 40;

  private final Vendor vendor;

  TokenListing(Vendor vendor) {
    this.vendor = vendor;
  }

  TokenPage page(StatelessSession session, TokenQuery query, Instant now) {
    if (query.groups().isPresent() && query.groups().get().isEmpty()) {
      return new TokenPage(List.of(), new Total(0, false), Optional.empty());
    }
    Total total = total(session, query, now);
    if (query.limit() == 0) {
      return new TokenPage(List.of(), total, Optional.empty());
    }
    List<ServiceToken> tokens = tokens(session, query, now);
    if (tokens.size() <= query.limit()) {
      return new TokenPage(tokens, total, Optional.empty());
    }
    List<ServiceToken> page = tokens.subList(0, query.limit());
    return new TokenPage(page, total, Optional.of(ListPosition.of(page.get(page.size() - 1))));
  }

  /** One more than the page has, if there are more. */
  private List<ServiceToken> tokens(StatelessSession session, TokenQuery query, Instant now) {
    long offset = Math.min(query.offset(), FARTHEST_OFFSET);
    long limit = query.limit() + 1L;
    List<ListBranch> branches = ListBranch.ordered(query, now);
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder("select ").append(TokenRow.COLUMNS).append(" from (");
    if (branches.size() == 1) {
      branches.get(0).selectPage(sql, parameters, vendor, query.after());
    } else {
      sql.append("select u.id, u.created_at from (");
      String separator = "";
      for (ListBranch branch : branches) {
        sql.append(separator).append('(');
        branch.selectPage(sql, parameters, vendor, query.after());
        // Not as a parameter: H2 keeps the result of a subquery, and gives it again when only the
        // value of such a limit has changed.
        sql.append(" limit ").append(offset + limit).append(')');
        separator = " union all ";
      }
      sql.append(") u order by u.created_at desc, u.id desc");
    }
    sql.append(" limit ? offset ?) p join ").append(TokenRow.TABLE).append(" t on t.id = p.id");
    parameters.add(limit);
    parameters.add(offset);
    return bound(session.createNativeQuery(sql.toString(), TokenRow.class), parameters)
        .getResultStream()
        .map(TokenRow::token)
        .sorted(NEWEST_FIRST)
        .toList();
  }

  /**
   * Looks for the first token that is too many, and counts only if there is none: passing over
   * index entries costs MariaDB half of what counting them in a bounded subquery does.
   */
  private Total total(StatelessSession session, TokenQuery query, Instant now) {
    List<ListBranch> branches = ListBranch.unordered(query, now);
    ListBranch most = branches.get(0);
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder("select coalesce((");
    most.select(sql, String.valueOf(Total.EXACT_UP_TO + 1), parameters, vendor);
    sql.append(" limit 1 offset ").append(Total.EXACT_UP_TO).append("), (");
    most.select(sql, "count(*)", parameters, vendor);
    sql.append(')');
    for (ListBranch branch : branches.subList(1, branches.size())) {
      sql.append(" + (select count(*) from (");
      branch.select(sql, "1 as one", parameters, vendor);
      sql.append(" limit ").append(Total.EXACT_UP_TO + 1).append(") c)");
    }
    sql.append(')');
    return Total.ofBoundedCount(
        bound(session.createNativeQuery(sql.toString(), Long.class), parameters).getSingleResult());
  }

  private static <T> NativeQuery<T> bound(NativeQuery<T> query, List<Object> parameters) {
    for (int i = 0; i < parameters.size(); i++) {
      query.setParameter(i + 1, parameters.get(i));
    }
    return query;
  }
}
