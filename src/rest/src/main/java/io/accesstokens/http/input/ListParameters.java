package io.accesstokens.http.input;

import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the query parameters of a list of tokens. */
public final class ListParameters {

  private ListParameters() {}

  /**
   * Reads all query parameters of a list of tokens.
   *
   * @throws MalformedRequestException if a parameter is wrong
   */
  public static TokenQuery read(QueryParameters query) {
    int limit = query.limit();
    int offset = query.boundedOffset();
    Optional<String> text = text(query);
    Optional<TokenStatus> status = query.status();
    Optional<Set<EntityRef>> groups = query.groups();
    Optional<String> createdBy = query.actor("createdBy");
    Optional<Instant> createdBefore = query.instant("createdBefore");
    boolean live = query.flag("live");
    Optional<Instant> expiresAfter = query.instant("expiresAfter");
    Optional<Instant> expiresBefore = query.instant("expiresBefore");
    Optional<Instant> lastUsedBefore = query.instant("lastUsedBefore");
    Optional<Instant> unusedSince = query.instant("unusedSince");
    boolean neverUsed = query.flag("neverUsed");
    boolean rotating = query.flag("rotating");
    TokenOrder order = order(query);
    Optional<ListPosition> after = after(query, order, offset);
    query.check();
    return new TokenQuery(
        new TokenFilter(
            status,
            groups,
            text,
            createdBy,
            createdBefore,
            live,
            expiresAfter,
            expiresBefore,
            lastUsedBefore,
            unusedSince,
            neverUsed,
            rotating),
        order,
        after,
        offset,
        limit);
  }

  /**
   * Returns the search text in the parameter {@code q}, without leading and trailing white space;
   * empty if the parameter is absent or wrong.
   */
  static Optional<String> text(QueryParameters query) {
    return query.single(
        "q",
        "must have 1 to " + TokenFilter.MAX_TEXT + " characters, and no control characters",
        text ->
            Optional.of(text.strip())
                .filter(
                    stripped ->
                        !stripped.isEmpty()
                            && stripped.codePointCount(0, stripped.length()) <= TokenFilter.MAX_TEXT
                            && stripped.codePoints().noneMatch(Character::isISOControl)));
  }

  private static TokenOrder order(QueryParameters query) {
    String keys =
        Arrays.stream(TokenOrder.Key.values())
            .map(TokenOrder.Key::text)
            .collect(Collectors.joining(", "));
    return query
        .single(
            "sort",
            "must be one of " + keys + ", or one of them with a hyphen before it",
            TokenOrder::parse)
        .orElse(TokenOrder.NEWEST_FIRST);
  }

  /**
   * Returns the position in the parameter {@code after}, which is a cursor. A request must not
   * contain both a cursor and an offset.
   */
  private static Optional<ListPosition> after(QueryParameters query, TokenOrder order, int offset) {
    Optional<ListPosition> after =
        query.single(
            "after",
            "must be the value of next of an earlier response with the same sort",
            text -> Cursor.read(text, order.key()));
    if (after.isPresent() && offset > 0) {
      query.reportError("after", "must not be given together with offset");
    }
    return after;
  }
}
