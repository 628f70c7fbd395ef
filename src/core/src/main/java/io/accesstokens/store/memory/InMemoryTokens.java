package io.accesstokens.store.memory;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The base class of the in-memory stores for service tokens and personal tokens. An instance stores
 * the tokens of one kind and their audit events.
 *
 * @param <T> the kind of token
 */
abstract class InMemoryTokens<T extends AccessToken> implements AccessTokenStore<T> {

  private record Name(EntityRef owner, String name) {}

  // The lock guards all fields below.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<UUID, T> tokens = new HashMap<>();
  private final Map<TokenDigest, UUID> digests = new HashMap<>();
  private final Set<Name> namesInUse = new HashSet<>();
  private final Map<UUID, List<AuditEvent>> auditLogs = new HashMap<>();
  private final List<AuditEvent> written = new ArrayList<>();
  private final Map<UUID, TokenUsage> usages = new HashMap<>();

  /** Returns a copy of the token with these values. */
  abstract T with(
      T token,
      @Nullable Instant lastUsedAt,
      @Nullable Instant revokedAt,
      @Nullable String revokedBy);

  /** Adds a token with its first event. The caller must hold the write lock. */
  final void add(T token, TokenDigest digest, AuditEvent created) {
    if (tokens.containsKey(token.id()) || digests.containsKey(digest)) {
      throw new IllegalStateException("a token with that id or digest exists");
    }
    if (token.revokedAt() == null && !namesInUse.add(nameOf(token))) {
      throw new NameTakenException();
    }
    tokens.put(token.id(), token);
    digests.put(digest, token.id());
    note(created);
  }

  /** Replaces an existing token with the same id. The caller must hold the write lock. */
  final void replace(T token) {
    tokens.put(token.id(), token);
  }

  /** Appends an event to the audit log of its token. The caller must hold the write lock. */
  final void note(AuditEvent event) {
    auditLogs.computeIfAbsent(event.tokenId(), id -> new ArrayList<>(2)).add(event);
    written.add(event);
  }

  /** Returns all events in the order of writing. The caller must hold the lock. */
  final List<AuditEvent> written() {
    return written;
  }

  /** Returns all tokens, in no defined order. The caller must hold the lock. */
  final Stream<T> all() {
    return tokens.values().stream();
  }

  /**
   * Returns a predicate that is true for a token that is neither revoked nor expired at this
   * instant.
   */
  static Predicate<AccessToken> isLiveAt(Instant now) {
    return token -> token.revokedAt() == null && token.expiresAt().isAfter(now);
  }

  /** Returns true if a token with this id exists. The caller must hold the lock. */
  final boolean isThere(UUID id) {
    return tokens.containsKey(id);
  }

  /** Returns the token with this id. The token must exist. The caller must hold the lock. */
  final T token(UUID id) {
    T token = tokens.get(id);
    if (token == null) {
      throw new IllegalStateException("the list names a missing token");
    }
    return token;
  }

  @Override
  public final Optional<T> find(UUID id) {
    return reading(() -> Optional.ofNullable(tokens.get(id)));
  }

  @Override
  public final Optional<T> find(TokenDigest digest) {
    return reading(() -> Optional.ofNullable(digests.get(digest)).map(tokens::get));
  }

  /**
   * Returns the digest of a token. Scans all digests, which is fast enough, because only
   * revocations call this method.
   */
  @Override
  public final Optional<TokenDigest> digest(UUID id) {
    return reading(
        () ->
            digests.entrySet().stream()
                .filter(entry -> entry.getValue().equals(id))
                .map(Map.Entry::getKey)
                .findFirst());
  }

  /**
   * Returns the digests of the tokens with these ids, by id. Omits unknown ids. Scans all digests.
   */
  final Map<UUID, TokenDigest> digestsOf(Set<UUID> ids) {
    return reading(
        () ->
            digests.entrySet().stream()
                .filter(entry -> ids.contains(entry.getValue()))
                .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey)));
  }

  @Override
  public final Revocation revoke(UUID id, String revokedBy, Instant revokedAt, AuditEvent revoked) {
    return writing(
        () -> {
          T token = tokens.get(id);
          if (token == null) {
            return Revocation.NOT_FOUND;
          }
          if (token.revokedAt() != null) {
            return Revocation.ALREADY_REVOKED;
          }
          tokens.put(id, with(token, token.lastUsedAt(), revokedAt, revokedBy));
          namesInUse.remove(nameOf(token));
          note(revoked);
          return Revocation.DONE;
        });
  }

  @Override
  public final Page<AuditEvent> audit(UUID tokenId, long offset, int limit) {
    return reading(
        () -> {
          List<AuditEvent> auditLog = auditLogs.getOrDefault(tokenId, List.of());
          // The sort is stable. Because the list was reversed, events with the same instant stay in
          // reverse order of writing.
          List<AuditEvent> events =
              IntStream.range(0, auditLog.size())
                  .mapToObj(i -> auditLog.get(auditLog.size() - 1 - i))
                  .sorted(Comparator.comparing(AuditEvent::occurredAt).reversed())
                  .skip(offset)
                  .limit(limit)
                  .toList();
          return new Page<>(events, BoundedCount.ofCounted(auditLog.size()));
        });
  }

  /** Adds uses to the counts of tokens. Ignores ids of unknown tokens. */
  final void addUses(Map<UUID, TokenUsage> uses) {
    writing(
        () -> {
          uses.forEach(this::addUses);
          return uses;
        });
  }

  private void addUses(UUID id, TokenUsage added) {
    T token = tokens.get(id);
    if (token == null) {
      return;
    }
    usages.merge(id, added, TokenUsage::plus);
    Instant usedAt = added.accepted().lastAt();
    Instant before = token.lastUsedAt();
    if (usedAt != null && (before == null || before.isBefore(usedAt))) {
      tokens.put(id, with(token, usedAt, token.revokedAt(), token.revokedBy()));
    }
  }

  @Override
  public final TokenUsage usage(UUID id) {
    return reading(() -> usages.getOrDefault(id, TokenUsage.NONE));
  }

  private Name nameOf(T token) {
    return new Name(token.owner(), token.name());
  }

  final <R> R reading(Supplier<R> work) {
    lock.readLock().lock();
    try {
      return work.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  final <R> R writing(Supplier<R> work) {
    lock.writeLock().lock();
    try {
      return work.get();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
