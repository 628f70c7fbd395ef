package io.accesstokens.store.memory;

import io.accesstokens.token.AuditEvent;
import io.accesstokens.token.ListPosition;
import io.accesstokens.token.PersonalTokenStore;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenPage;
import io.accesstokens.token.TokenQuery;
import io.accesstokens.token.TokenStore;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.Total;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tokens and their audit trail in memory. Safe for use by many threads. */
public final class InMemoryTokenStore extends InMemoryTokens<ServiceToken> implements TokenStore {

  static final Comparator<ListPosition> NEWEST_FIRST =
      Comparator.comparing(ListPosition::createdAt)
          .thenComparing(position -> position.id().toString())
          .reversed();

  /** Guarded by the lock. */
  private final NavigableMap<ListPosition, UUID> newestFirst = new TreeMap<>(NEWEST_FIRST);

  private final InMemoryPersonalTokens personal = new InMemoryPersonalTokens();

  public InMemoryTokenStore() {}

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created) {
    writing(
        () -> {
          add(token, digest, created);
          newestFirst.put(ListPosition.of(token), token.id());
          return token;
        });
  }

  @Override
  public TokenPage list(TokenQuery query, Instant now) {
    return reading(
        () -> {
          long counted = matching(newestFirst, query, now).limit(Total.EXACT_UP_TO + 1L).count();
          Total total = Total.ofBoundedCount(counted);
          if (query.limit() == 0) {
            return new TokenPage(List.of(), total, Optional.empty());
          }
          NavigableMap<ListPosition, UUID> rest =
              query.after().map(after -> newestFirst.tailMap(after, false)).orElse(newestFirst);
          List<ServiceToken> found =
              matching(rest, query, now).skip(query.offset()).limit(query.limit() + 1L).toList();
          if (found.size() <= query.limit()) {
            return new TokenPage(found, total, Optional.empty());
          }
          List<ServiceToken> page = found.subList(0, query.limit());
          return new TokenPage(
              page, total, Optional.of(ListPosition.of(page.get(page.size() - 1))));
        });
  }

  private Stream<ServiceToken> matching(
      NavigableMap<ListPosition, UUID> positions, TokenQuery query, Instant now) {
    return positions.values().stream()
        .map(this::token)
        .filter(
            token ->
                query.groups().map(groups -> groups.contains(token.group())).orElse(true)
                    && query.status().map(status -> status == token.statusAt(now)).orElse(true));
  }

  @Override
  public void recordUses(Map<UUID, TokenUsage> uses) {
    addUses(uses);
    personal.addUses(uses);
  }

  @Override
  public Optional<PersonalTokenStore> personal() {
    return Optional.of(personal);
  }

  @Override
  public void maintain(Instant now) {
    // Statuses are told from the instants whenever they are asked for.
  }

  @Override
  public void ping() {
    // Always within reach.
  }

  @Override
  public void close() {
    // Nothing is held but memory.
  }

  @Override
  ServiceToken with(
      ServiceToken token,
      @Nullable Instant lastUsedAt,
      @Nullable Instant revokedAt,
      @Nullable String revokedBy) {
    return new ServiceToken(
        token.id(),
        token.name(),
        token.description(),
        token.tokenPrefix(),
        token.group(),
        token.scopes(),
        token.createdBy(),
        token.createdAt(),
        token.expiresAt(),
        lastUsedAt,
        revokedAt,
        revokedBy);
  }
}
