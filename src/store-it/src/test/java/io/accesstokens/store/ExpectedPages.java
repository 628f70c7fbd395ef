package io.accesstokens.store;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A simple model of pages of tokens. Tests compare the pages of a store with this model. */
final class ExpectedPages {

  private ExpectedPages() {}

  static TokenPage page(List<ServiceToken> model, TokenQuery query, Instant now) {
    List<ServiceToken> matching =
        model.stream()
            .filter(token -> matches(query.filter(), token, now))
            .sorted(order(query, now))
            .toList();
    List<ServiceToken> rest =
        matching.stream()
            .filter(
                token -> query.after().map(after -> isAfter(query, token, after, now)).orElse(true))
            .skip(query.offset())
            .toList();
    List<ServiceToken> page = rest.stream().limit(query.limit()).toList();
    Optional<ListPosition> next =
        rest.size() > page.size() && !page.isEmpty()
            ? Optional.of(query.order().positionOf(page.get(page.size() - 1), now))
            : Optional.empty();
    return new TokenPage(page, new BoundedCount(matching.size(), false), next);
  }

  private static boolean matches(TokenFilter filter, ServiceToken token, Instant now) {
    Instant used = token.lastUsedAt() == null ? Instant.MIN : token.lastUsedAt();
    String text = filter.text().orElse("").toLowerCase(Locale.ROOT);
    return filter.groups().map(groups -> groups.contains(token.group())).orElse(true)
        && filter.status().map(status -> status == token.statusAt(now)).orElse(true)
        && filter.createdBy().map(createdBy -> createdBy.equals(token.createdBy())).orElse(true)
        && filter.createdBefore().map(before -> token.createdAt().isBefore(before)).orElse(true)
        && (!filter.live() || token.statusAt(now).rank() < 2)
        && filter.expiresAfter().map(after -> token.expiresAt().compareTo(after) >= 0).orElse(true)
        && filter.expiresBefore().map(before -> token.expiresAt().isBefore(before)).orElse(true)
        && filter
            .lastUsedBefore()
            .map(before -> token.lastUsedAt() != null && used.isBefore(before))
            .orElse(true)
        && filter.unusedSince().map(since -> used.isBefore(since)).orElse(true)
        && (!filter.neverUsed() || token.lastUsedAt() == null)
        && (!filter.rotating() || token.previousSecretAt(now).isPresent())
        && Stream.of(token.name(), token.description(), token.tokenPrefix())
            .anyMatch(field -> field.toLowerCase(Locale.ROOT).contains(text));
  }

  private static Comparator<ServiceToken> order(TokenQuery query, Instant now) {
    Comparator<ServiceToken> ascending =
        byKey(query, now)
            .thenComparing(ServiceToken::createdAt)
            .thenComparing(token -> token.id().toString());
    return query.order().descending() ? ascending.reversed() : ascending;
  }

  private static Comparator<ServiceToken> byKey(TokenQuery query, Instant now) {
    return switch (query.order().key()) {
      case CREATED_AT -> Comparator.comparing(ServiceToken::createdAt);
      case NAME -> Comparator.comparing(ServiceToken::name);
      case EXPIRES_AT -> Comparator.comparing(ServiceToken::expiresAt);
      case LAST_USED_AT ->
          Comparator.comparing(
              ServiceToken::lastUsedAt, Comparator.nullsFirst(Comparator.naturalOrder()));
      case CREATED_BY -> Comparator.comparing(ServiceToken::createdBy);
      case STATUS -> Comparator.comparing(token -> token.statusAt(now));
      case GROUP -> Comparator.comparing(token -> token.group().toString());
    };
  }

  /**
   * Returns true if the token comes after the position. The position belongs to a token of the
   * model. This token may not match the filter.
   */
  private static boolean isAfter(
      TokenQuery query, ServiceToken token, ListPosition position, Instant now) {
    return query.order().comparator().compare(query.order().positionOf(token, now), position) > 0;
  }
}
