package io.accesstokens.http;

import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.TokenDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A store of tokens in a list, for tests. A test can make the store fail. */
public final class ListTokenStore implements TokenStore {

  private final Map<TokenDigest, ServiceToken> tokens = new LinkedHashMap<>();
  private final TokenStore others = new InMemoryTokenStore();
  private final List<AuditEvent> events = new ArrayList<>();
  private final Map<UUID, TokenUsage> usages = new LinkedHashMap<>();

  /** The exception that every call throws; null if calls do not fail. */
  public @Nullable RuntimeException failure;

  /** True if the store reports each total as a lower bound. */
  public boolean lowerBound;

  /** An action that each read of a token by its digest runs. */
  Runnable reading = () -> {};

  /** An action that each revocation runs. */
  Runnable writing = () -> {};

  /** The time until all replicas apply a change. */
  Duration untilFinal = Duration.ZERO;

  @Override
  public Duration untilFinal() {
    return untilFinal;
  }

  public static StoreUnavailableException outage() {
    return new StoreUnavailableException(
        "the store is unreachable", new java.io.IOException("secret"));
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created) {
    ping();
    for (ServiceToken other : tokens.values()) {
      boolean same = other.name().equals(token.name()) && other.group().equals(token.group());
      if (same && other.revokedAt() == null) {
        throw new NameTakenException();
      }
    }
    tokens.put(digest, token);
    others.create(token, digest, created);
    events.add(created);
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created, int maxLive) {
    ping();
    long live =
        tokens.values().stream()
            .filter(other -> other.group().equals(token.group()) && other.revokedAt() == null)
            .filter(other -> other.expiresAt().isAfter(token.createdAt()))
            .count();
    if (live >= maxLive) {
      throw new LimitReachedException(LimitReachedException.GROUP, maxLive);
    }
    create(token, digest, created);
  }

  @Override
  public Optional<ServiceToken> find(UUID id) {
    ping();
    return tokens.values().stream().filter(token -> token.id().equals(id)).findFirst();
  }

  @Override
  public Optional<ServiceToken> find(TokenDigest digest) {
    ping();
    reading.run();
    return Optional.ofNullable(tokens.get(digest));
  }

  @Override
  public Map<TokenDigest, ServiceToken> findByDigest(Set<TokenDigest> digests) {
    ping();
    reading.run();
    Map<TokenDigest, ServiceToken> found = new LinkedHashMap<>(tokens);
    found.keySet().retainAll(digests);
    return found;
  }

  @Override
  public TokenPage list(TokenQuery query, Instant now) {
    ping();
    List<ServiceToken> all =
        tokens.values().stream()
            .filter(
                token -> query.status().map(status -> status == token.statusAt(now)).orElse(true))
            .filter(
                token -> query.groups().map(groups -> groups.contains(token.group())).orElse(true))
            .sorted(
                Comparator.comparing(
                    token -> query.order().positionOf(token, now), query.order().comparator()))
            .toList();
    int start =
        query
            .after()
            .map(
                after ->
                    all.stream()
                            .map(token -> query.order().positionOf(token, now))
                            .toList()
                            .indexOf(after)
                        + 1)
            .orElse(0);
    List<ServiceToken> rest =
        all.stream().skip(start + query.offset()).limit(query.limit() + 1L).toList();
    boolean more = query.limit() > 0 && rest.size() > query.limit();
    List<ServiceToken> page = rest.stream().limit(query.limit()).toList();
    return new TokenPage(
        page,
        new BoundedCount(all.size(), lowerBound),
        more
            ? Optional.of(query.order().positionOf(page.get(page.size() - 1), now))
            : Optional.empty());
  }

  @Override
  public Revocation revoke(UUID id, String revokedBy, Instant revokedAt, AuditEvent revoked) {
    ping();
    writing.run();
    for (Map.Entry<TokenDigest, ServiceToken> entry : tokens.entrySet()) {
      ServiceToken token = entry.getValue();
      if (token.id().equals(id)) {
        if (token.revokedAt() != null) {
          return Revocation.ALREADY_REVOKED;
        }
        entry.setValue(
            new ServiceToken(
                token.id(),
                token.name(),
                token.description(),
                token.tokenPrefix(),
                token.group(),
                token.scopes(),
                token.createdBy(),
                token.createdAt(),
                token.expiresAt(),
                token.lastUsedAt(),
                revokedAt,
                revokedBy,
                token.limits()));
        others.revoke(id, revokedBy, revokedAt, revoked);
        events.add(revoked);
        return Revocation.DONE;
      }
    }
    return Revocation.NOT_FOUND;
  }

  @Override
  public Map<UUID, Revocation> revokeAll(
      Map<UUID, AuditEvent> revoked, String revokedBy, Instant revokedAt) {
    Map<UUID, Revocation> outcomes = new LinkedHashMap<>();
    revoked.forEach((id, event) -> outcomes.put(id, revoke(id, revokedBy, revokedAt, event)));
    return outcomes;
  }

  @Override
  public Optional<TokenUpdate> update(UUID id, Function<ServiceToken, TokenUpdate> work) {
    ping();
    writing.run();
    for (Map.Entry<TokenDigest, ServiceToken> entry : tokens.entrySet()) {
      if (entry.getValue().id().equals(id)) {
        TokenUpdate update = work.apply(entry.getValue());
        if (update.updated() != null) {
          entry.setValue(update.token());
          events.add(update.updated());
        }
        return Optional.of(update);
      }
    }
    return Optional.empty();
  }

  @Override
  public Page<AuditEvent> audit(UUID tokenId, long offset, int limit) {
    ping();
    List<AuditEvent> newestFirst = new ArrayList<>();
    for (AuditEvent event : events) {
      if (event.tokenId().equals(tokenId)) {
        newestFirst.add(0, event);
      }
    }
    return new Page<>(
        newestFirst.stream().skip(offset).limit(limit).toList(),
        new BoundedCount(newestFirst.size(), lowerBound));
  }

  @Override
  public void recordUses(Map<UUID, TokenUsage> uses) {
    ping();
    uses.forEach((id, added) -> usages.merge(id, added, TokenUsage::plus));
  }

  @Override
  public TokenUsage usage(UUID id) {
    ping();
    return usages.getOrDefault(id, TokenUsage.NONE);
  }

  @Override
  public ReportStore reports() {
    ping();
    return others.reports();
  }

  @Override
  public Optional<PersonalTokenStore> personal() {
    return others.personal();
  }

  @Override
  public void maintain(Instant now) {
    ping();
  }

  @Override
  public void ping() {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {}
}
