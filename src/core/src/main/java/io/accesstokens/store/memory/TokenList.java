package io.accesstokens.store.memory;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.Text;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Computes pages of tokens in memory. The caller supplies the tokens sorted from the newest to the
 * oldest. For all other orders, each call sorts the tokens.
 */
final class TokenList {

  private TokenList() {}

  static TokenPage page(
      NavigableMap<ListPosition, UUID> newestFirst,
      Function<UUID, ServiceToken> tokens,
      TokenQuery query,
      Instant now) {
    TokenOrder order = query.order();
    Stream<ServiceToken> rest;
    if (order.equals(TokenOrder.NEWEST_FIRST)) {
      rest =
          query
              .after()
              .map(after -> newestFirst.tailMap(after, false))
              .orElse(newestFirst)
              .values()
              .stream()
              .map(tokens)
              .filter(token -> matches(query.filter(), token, now));
    } else {
      Comparator<ListPosition> comparator = order.comparator();
      rest =
          matching(newestFirst, tokens, query, now)
              .map(token -> Map.entry(order.positionOf(token, now), token))
              .filter(
                  entry ->
                      query
                          .after()
                          .map(after -> comparator.compare(entry.getKey(), after) > 0)
                          .orElse(true))
              .sorted(Map.Entry.comparingByKey(comparator))
              .map(Map.Entry::getValue);
    }
    BoundedCount total =
        BoundedCount.ofCounted(
            matching(newestFirst, tokens, query, now).limit(BoundedCount.EXACT_UP_TO + 1L).count());
    if (query.limit() == 0) {
      return new TokenPage(List.of(), total, Optional.empty());
    }
    List<ServiceToken> found = rest.skip(query.offset()).limit(query.limit() + 1L).toList();
    if (found.size() <= query.limit()) {
      return new TokenPage(found, total, Optional.empty());
    }
    List<ServiceToken> page = found.subList(0, query.limit());
    return new TokenPage(
        page, total, Optional.of(order.positionOf(page.get(page.size() - 1), now)));
  }

  private static Stream<ServiceToken> matching(
      NavigableMap<ListPosition, UUID> newestFirst,
      Function<UUID, ServiceToken> tokens,
      TokenQuery query,
      Instant now) {
    return newestFirst.values().stream()
        .map(tokens)
        .filter(token -> matches(query.filter(), token, now));
  }

  private static boolean matches(TokenFilter filter, ServiceToken token, Instant now) {
    Instant lastUsedAt = token.lastUsedAt();
    return filter.groups().map(groups -> groups.contains(token.group())).orElse(true)
        && filter.status().map(status -> status == token.statusAt(now)).orElse(true)
        && (!filter.live() || (token.revokedAt() == null && token.expiresAt().isAfter(now)))
        && filter.createdBy().map(token.createdBy()::equals).orElse(true)
        && filter.createdBefore().map(token.createdAt()::isBefore).orElse(true)
        && filter.expiresAfter().map(from -> !token.expiresAt().isBefore(from)).orElse(true)
        && filter.expiresBefore().map(token.expiresAt()::isBefore).orElse(true)
        && filter
            .lastUsedBefore()
            .map(limit -> lastUsedAt != null && lastUsedAt.isBefore(limit))
            .orElse(true)
        && filter
            .unusedSince()
            .map(limit -> lastUsedAt == null || lastUsedAt.isBefore(limit))
            .orElse(true)
        && (!filter.neverUsed() || lastUsedAt == null)
        && (!filter.rotating() || token.previousSecretAt(now).isPresent())
        && filter.text().map(text -> holds(token, text)).orElse(true);
  }

  private static boolean holds(ServiceToken token, String text) {
    String wanted = Text.foldCase(text);
    return Stream.of(token.name(), token.description(), token.tokenPrefix())
        .anyMatch(field -> Text.foldCase(field).contains(wanted));
  }
}
