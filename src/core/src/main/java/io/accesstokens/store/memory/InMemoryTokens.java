package io.accesstokens.store.memory;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
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

  /** The index and the metadata of an event in the transparency log. */
  private record Logged(long index, Map<String, String> metadata) {}

  // The lock guards all other fields.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<UUID, T> tokens = new HashMap<>();
  private final InMemorySecrets<T> secrets = new InMemorySecrets<>(this::token);
  private final Set<Name> namesInUse = new HashSet<>();
  private final Map<UUID, List<AuditEvent>> auditLogs = new HashMap<>();
  private final List<AuditEvent> written = new ArrayList<>();
  private final Map<UUID, TokenUsage> usages = new HashMap<>();
  private final Map<UUID, Logged> logged = new HashMap<>();

  /** Adds a token with its first event. The caller must hold the write lock. */
  final void add(T token, TokenDigest digest, AuditEvent created) {
    if (tokens.containsKey(token.id()) || secrets.contains(digest)) {
      throw new IllegalStateException(
          "a token with this id, or a secret with this digest, already exists");
    }
    if (token.revokedAt() == null && !namesInUse.add(nameOf(token))) {
      throw new NameTakenException();
    }
    tokens.put(token.id(), token);
    secrets.add(token, digest);
    recordEvent(created);
  }

  /** Replaces an existing token with the same id. The caller must hold the write lock. */
  final void replace(T token) {
    tokens.put(token.id(), token);
  }

  /** Appends an event to the audit log of its token. The caller must hold the write lock. */
  final void recordEvent(AuditEvent event) {
    auditLogs.computeIfAbsent(event.tokenId(), id -> new ArrayList<>(2)).add(event);
    written.add(event);
  }

  /** Returns all events in the order of writing. The caller must hold the lock. */
  final List<AuditEvent> written() {
    return written;
  }

  /** Returns the events that have no index in the transparency log, in the order of writing. */
  final List<AuditEvent> pendingEvents(int limit) {
    return reading(
        () ->
            List.copyOf(
                written.subList(logged.size(), Math.min(written.size(), logged.size() + limit))));
  }

  /**
   * Sets the index of an event in the transparency log.
   *
   * @param metadata the metadata of the event. If the log contains a hash instead of the reason,
   *     the metadata contains the salt of the reason.
   */
  final void setLogIndex(UUID eventId, long index, Map<String, String> metadata) {
    var unused = writing(() -> logged.put(eventId, new Logged(index, metadata)));
  }

  /** Returns an event with its index in the transparency log. The caller must hold the lock. */
  final AuditEvent withLogIndex(AuditEvent event) {
    Logged found = logged.get(event.id());
    return found == null
        ? event
        : new AuditEvent(
            event.id(),
            event.tokenId(),
            event.type(),
            event.actor(),
            found.metadata(),
            event.occurredAt(),
            found.index());
  }

  /** Returns the ref of the owner of a token; null if the token does not exist. */
  final @Nullable String ownerOrNull(UUID tokenId) {
    return find(tokenId).map(token -> token.owner().toString()).orElse(null);
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
  final boolean contains(UUID id) {
    return tokens.containsKey(id);
  }

  /** Returns the token with this id. The token must exist. The caller must hold the lock. */
  final T token(UUID id) {
    T token = tokens.get(id);
    if (token == null) {
      throw new IllegalStateException("no token has the id " + id);
    }
    return token;
  }

  @Override
  public final Optional<T> find(UUID id) {
    return reading(() -> Optional.ofNullable(tokens.get(id)));
  }

  @Override
  public final Optional<PresentedToken<T>> findByDigest(TokenDigest digest) {
    return reading(() -> secrets.findByDigest(digest));
  }

  @Override
  public final Optional<TokenDigest> digest(UUID id) {
    return reading(
        () -> secrets.digests(Set.of(id), PresentedToken::isCurrent).stream().findFirst());
  }

  /** Returns the digests of all stored secrets of these tokens, including all ended secrets. */
  @Override
  public final Set<TokenDigest> digests(Set<UUID> tokenIds) {
    return reading(() -> secrets.digests(tokenIds, found -> true));
  }

  @Override
  public final StoredChange<Revocation> revoke(
      UUID id, @Nullable Integer secretNumber, Supplier<AuditEvent> revoked) {
    return writing(
        () -> {
          T token = tokens.get(id);
          if (token == null) {
            return new StoredChange<>(Revocation.NOT_FOUND, Set.of());
          }
          Set<TokenDigest> digests = digests(Set.of(id));
          if (token.revokedAt() != null) {
            return new StoredChange<>(Revocation.ALREADY_REVOKED, digests);
          }
          if (secretNumber != null && secretNumber != token.secrets().number()) {
            return new StoredChange<>(Revocation.SECRET_REPLACED, Set.of());
          }
          AuditEvent event = revoked.get();
          tokens.put(id, AccessToken.revoked(token, event.occurredAt(), event.actor()));
          namesInUse.remove(nameOf(token));
          recordEvent(event);
          return new StoredChange<>(Revocation.DONE, digests);
        });
  }

  /** Revokes tokens. The caller must hold the write lock. */
  final StoredChange<Map<UUID, Revocation>> revokeTogether(
      Set<UUID> ids, Function<Set<UUID>, Map<UUID, AuditEvent>> revoked) {
    Set<UUID> live =
        ids.stream()
            .filter(id -> tokens.containsKey(id) && token(id).revokedAt() == null)
            .collect(Collectors.toSet());
    Map<UUID, AuditEvent> events = live.isEmpty() ? Map.of() : revoked.apply(live);
    Map<UUID, Revocation> outcomes = new HashMap<>();
    ids.forEach(
        id ->
            outcomes.put(
                id, revoke(id, null, () -> Objects.requireNonNull(events.get(id))).result()));
    return new StoredChange<>(outcomes, digests(ids));
  }

  @Override
  public final StoredChange<Optional<SecretsChange<T>>> changeSecrets(
      UUID id, @Nullable IdempotencyKey key, Function<SecretsState<T>, SecretsChange<T>> work) {
    return writing(
        () -> {
          T token = tokens.get(id);
          if (token == null) {
            return new StoredChange<>(Optional.empty(), Set.of());
          }
          SecretsChange<T> change = work.apply(new SecretsState<>(token, secrets.rotation(key)));
          return new StoredChange<>(Optional.of(change), apply(token, key, change));
        });
  }

  /**
   * Applies a change of the secrets of a token. Returns the digests of the secrets that caches must
   * evict.
   */
  private Set<TokenDigest> apply(T token, @Nullable IdempotencyKey key, SecretsChange<T> change) {
    if (change.isEmpty()) {
      return secrets.digests(Set.of(token.id()), PresentedToken::isEnded);
    }
    Set<TokenDigest> changed = digests(Set.of(token.id()));
    secrets.apply(key, change);
    tokens.put(token.id(), change.token());
    change.events().forEach(this::recordEvent);
    return changed;
  }

  /**
   * Records the ends of previous secrets that ended at least a minute ago, and returns the audit
   * events. Also deletes old idempotency keys and old secrets. The caller must hold the write lock.
   */
  final List<AuditEvent> maintainSecrets(Instant now) {
    List<AuditEvent> events = new ArrayList<>();
    for (SecretsChange<T> end : secrets.endsByTime(all(), now)) {
      replace(end.token());
      end.events().forEach(this::recordEvent);
      events.addAll(end.events());
    }
    secrets.trim(now);
    return events;
  }

  @Override
  public final Page<AuditEvent> auditLog(UUID tokenId, long offset, int limit) {
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
                  .map(this::withLogIndex)
                  .toList();
          return new Page<>(events, BoundedCount.ofCounted(auditLog.size()));
        });
  }

  /**
   * Adds the uses of each secret to the counts of its token. Ignores uses of unknown tokens.
   *
   * @return the audit events of uses of ended secrets
   */
  final List<AuditEvent> addUses(Map<SecretId, TokenUsage> uses) {
    return writing(
        () -> {
          List<AuditEvent> events = new ArrayList<>();
          uses.forEach((secret, usage) -> addUses(secret, usage).ifPresent(events::add));
          return events;
        });
  }

  private Optional<AuditEvent> addUses(SecretId secret, TokenUsage added) {
    T token = tokens.get(secret.tokenId());
    if (token == null) {
      return Optional.empty();
    }
    usages.merge(
        token.id(), added.withCallers(List.of()).withNeededScopes(Map.of()), TokenUsage::plus);
    Instant usedAt = added.accepted().lastAt();
    if (usedAt != null) {
      Instant before = token.lastUsedAt();
      tokens.put(
          token.id(),
          AccessToken.used(
              token,
              UsageCount.isLast(usedAt, before) ? usedAt : before,
              token
                  .secrets()
                  .used(
                      secret.number(),
                      added.accepted(),
                      LocalDate.ofInstant(usedAt, ZoneOffset.UTC))));
    }
    if (added.endedSecret() == 0) {
      return Optional.empty();
    }
    Optional<AuditEvent> report = secrets.report(token, secret, added.refused());
    report.ifPresent(this::recordEvent);
    return report;
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
