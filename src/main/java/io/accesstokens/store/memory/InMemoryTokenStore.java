package io.accesstokens.store.memory;

import io.accesstokens.token.AuditEvent;
import io.accesstokens.token.AuditPage;
import io.accesstokens.token.LimitReached;
import io.accesstokens.token.ListPosition;
import io.accesstokens.token.NameTaken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenOrder;
import io.accesstokens.token.TokenPage;
import io.accesstokens.token.TokenQuery;
import io.accesstokens.token.TokenStore;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.Total;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Tokens and their audit trail in memory. Safe for use by many threads. */
public final class InMemoryTokenStore implements TokenStore {

  private record Name(EntityRef group, String name) {}

  // Everything below is guarded by the lock.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<UUID, ServiceToken> tokens = new HashMap<>();
  private final Map<TokenDigest, UUID> digests = new HashMap<>();
  private final Set<Name> namesInUse = new HashSet<>();
  private final NavigableMap<ListPosition, UUID> newestFirst =
      new TreeMap<>(TokenOrder.NEWEST_FIRST.comparator());
  private final Map<UUID, List<AuditEvent>> trails = new HashMap<>();
  private final Map<UUID, TokenUsage> usages = new HashMap<>();

  public InMemoryTokenStore() {}

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created) {
    create(token, digest, created, Integer.MAX_VALUE);
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created, int mostLive) {
    writing(
        () -> {
          if (mostLive < Integer.MAX_VALUE && live(token.group(), token.createdAt()) >= mostLive) {
            throw new LimitReached(LimitReached.GROUP, mostLive);
          }
          if (tokens.containsKey(token.id()) || digests.containsKey(digest)) {
            throw new IllegalStateException("there is a token of that id or digest");
          }
          if (token.revokedAt() == null && !namesInUse.add(nameOf(token))) {
            throw new NameTaken();
          }
          tokens.put(token.id(), token);
          digests.put(digest, token.id());
          newestFirst.put(ListPosition.of(token), token.id());
          append(created);
          return token;
        });
  }

  /** Found by looking at all: this store is for tests. */
  private long live(EntityRef group, Instant now) {
    return tokens.values().stream()
        .filter(token -> token.group().equals(group))
        .filter(token -> token.revokedAt() == null && token.expiresAt().isAfter(now))
        .count();
  }

  @Override
  public Optional<ServiceToken> find(UUID id) {
    return reading(() -> Optional.ofNullable(tokens.get(id)));
  }

  @Override
  public Optional<ServiceToken> find(TokenDigest digest) {
    return reading(() -> Optional.ofNullable(digests.get(digest)).map(tokens::get));
  }

  @Override
  public TokenPage list(TokenQuery query, Instant now) {
    return reading(() -> TokenList.page(newestFirst, this::token, query, now));
  }

  /** Found by looking at all: only revocations ask. */
  @Override
  public Optional<TokenDigest> digest(UUID id) {
    return reading(
        () ->
            digests.entrySet().stream()
                .filter(entry -> entry.getValue().equals(id))
                .map(Map.Entry::getKey)
                .findFirst());
  }

  private ServiceToken token(UUID id) {
    ServiceToken token = tokens.get(id);
    if (token == null) {
      throw new IllegalStateException("the list names a token that is not there");
    }
    return token;
  }

  @Override
  public Revocation revoke(UUID id, String revokedBy, Instant revokedAt, AuditEvent revoked) {
    return writing(
        () -> {
          ServiceToken token = tokens.get(id);
          if (token == null) {
            return Revocation.NOT_FOUND;
          }
          if (token.revokedAt() != null) {
            return Revocation.ALREADY_REVOKED;
          }
          tokens.put(id, with(token, token.lastUsedAt(), revokedAt, revokedBy));
          namesInUse.remove(nameOf(token));
          append(revoked);
          return Revocation.DONE;
        });
  }

  @Override
  public AuditPage audit(UUID tokenId, long offset, int limit) {
    return reading(
        () -> {
          List<AuditEvent> trail = trails.getOrDefault(tokenId, List.of());
          // Reversed first: the sort is stable, so events of one instant stay as they are.
          List<AuditEvent> events =
              IntStream.range(0, trail.size())
                  .mapToObj(i -> trail.get(trail.size() - 1 - i))
                  .sorted(Comparator.comparing(AuditEvent::occurredAt).reversed())
                  .skip(offset)
                  .limit(limit)
                  .toList();
          return new AuditPage(events, Total.ofBoundedCount(trail.size()));
        });
  }

  @Override
  public void recordUses(Map<UUID, TokenUsage> uses) {
    writing(
        () -> {
          uses.forEach(this::recordUses);
          return uses;
        });
  }

  private void recordUses(UUID id, TokenUsage added) {
    ServiceToken token = tokens.get(id);
    if (token == null) {
      return;
    }
    usages.merge(id, added, TokenUsage::plus);
    Instant usedAt = added.accepted().lastAt();
    if (usedAt != null && (token.lastUsedAt() == null || token.lastUsedAt().isBefore(usedAt))) {
      tokens.put(id, with(token, usedAt, token.revokedAt(), token.revokedBy()));
    }
  }

  @Override
  public TokenUsage usage(UUID id) {
    return reading(() -> usages.getOrDefault(id, TokenUsage.NONE));
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

  private static Name nameOf(ServiceToken token) {
    return new Name(token.group(), token.name());
  }

  private void append(AuditEvent event) {
    trails.computeIfAbsent(event.tokenId(), id -> new ArrayList<>(2)).add(event);
  }

  private static ServiceToken with(
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

  private <T> T reading(Supplier<T> work) {
    lock.readLock().lock();
    try {
      return work.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  private <T> T writing(Supplier<T> work) {
    lock.writeLock().lock();
    try {
      return work.get();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
