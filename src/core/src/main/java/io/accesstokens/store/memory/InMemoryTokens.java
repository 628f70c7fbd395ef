package io.accesstokens.store.memory;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.rotation.EndedSecretUse;
import io.accesstokens.token.rotation.PreviousSecretEnd;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.RepeatKey;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
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

  /** A secret of a token, without its digest. */
  private record Secret(SecretId id, String tokenPrefix) {}

  /**
   * Maximum difference between the clocks of replicas, as in a database. The end of a secret is
   * recorded only when its time has passed on all clocks.
   */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(60);

  private static final Duration KEYS_KEPT = Duration.ofHours(25);

  /** Retention time of ended secrets after the expiry of their token. */
  private static final Duration SECRETS_KEPT = Duration.ofDays(365);

  private final UuidGenerator ids = new UuidGenerator(new SecureRandom());

  // The lock guards all fields below.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<UUID, T> tokens = new HashMap<>();
  private final Map<TokenDigest, Secret> secrets = new HashMap<>();
  private final Map<String, SecretsState.EarlierRotation> rotations = new HashMap<>();

  /** The UTC day of the last reported use of each ended secret. */
  private final Map<SecretId, LocalDate> reportedUses = new HashMap<>();

  private final Set<Name> namesInUse = new HashSet<>();
  private final Map<UUID, List<AuditEvent>> auditLogs = new HashMap<>();
  private final List<AuditEvent> written = new ArrayList<>();
  private final Map<UUID, TokenUsage> usages = new HashMap<>();

  /** Returns a copy of the token with another last use and other secrets. */
  abstract T used(T token, @Nullable Instant lastUsedAt, TokenSecrets secrets);

  /** Returns a copy of the token that is revoked. */
  abstract T revoked(T token, Instant revokedAt, String revokedBy);

  /** Adds a token with its first event. The caller must hold the write lock. */
  final void add(T token, TokenDigest digest, AuditEvent created) {
    if (tokens.containsKey(token.id()) || secrets.containsKey(digest)) {
      throw new IllegalStateException("a token with that id or digest exists");
    }
    if (token.revokedAt() == null && !namesInUse.add(nameOf(token))) {
      throw new NameTakenException();
    }
    tokens.put(token.id(), token);
    secrets.put(digest, current(token));
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

  private static Secret current(AccessToken token) {
    return new Secret(new SecretId(token.id(), token.secrets().number()), token.tokenPrefix());
  }

  @Override
  public final Optional<PresentedToken<T>> find(TokenDigest digest) {
    return reading(() -> Optional.ofNullable(secrets.get(digest)).map(this::presented));
  }

  private PresentedToken<T> presented(Secret secret) {
    return new PresentedToken<>(token(secret.id().tokenId()), secret.id().number());
  }

  /**
   * Returns the digest of a token. Scans all digests, which is fast enough, because only changes
   * call this method.
   */
  @Override
  public final Optional<TokenDigest> digest(UUID id) {
    return digests(Set.of(id), PresentedToken::isCurrent).stream().findFirst();
  }

  /** Returns the digests of all secrets of tokens, because they are all in memory. */
  @Override
  public final Set<TokenDigest> digests(Set<UUID> tokenIds) {
    return digests(tokenIds, found -> true);
  }

  private Set<TokenDigest> digests(Set<UUID> tokenIds, Predicate<PresentedToken<T>> which) {
    return reading(
        () ->
            secrets.entrySet().stream()
                .filter(entry -> tokenIds.contains(entry.getValue().id().tokenId()))
                .filter(entry -> which.test(presented(entry.getValue())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()));
  }

  @Override
  public final StoredChange<Revocation> revoke(
      UUID id, String revokedBy, Instant revokedAt, AuditEvent revoked) {
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
          tokens.put(id, revoked(token, revokedAt, revokedBy));
          namesInUse.remove(nameOf(token));
          note(revoked);
          return new StoredChange<>(Revocation.DONE, digests);
        });
  }

  @Override
  public final StoredChange<Optional<SecretsChange<T>>> changeSecrets(
      UUID id, @Nullable RepeatKey key, Function<SecretsState<T>, SecretsChange<T>> work) {
    return writing(
        () -> {
          T token = tokens.get(id);
          if (token == null) {
            return new StoredChange<>(Optional.empty(), Set.of());
          }
          Optional<SecretsState.EarlierRotation> earlier =
              Optional.ofNullable(key).map(found -> rotations.get(found.key()));
          SecretsChange<T> change = work.apply(new SecretsState<>(token, earlier));
          return new StoredChange<>(Optional.of(change), apply(token, key, change));
        });
  }

  /** Applies a change of secrets. Returns the digests whose cached facts can be invalid. */
  private Set<TokenDigest> apply(T token, @Nullable RepeatKey key, SecretsChange<T> change) {
    if (change.isEmpty()) {
      return digests(Set.of(token.id()), PresentedToken::isEnded);
    }
    Set<TokenDigest> changed = digests(Set.of(token.id()));
    T after = change.token();
    TokenDigest added = change.digest();
    if (added != null) {
      if (secrets.putIfAbsent(added, current(after)) != null) {
        throw new IllegalStateException("a token with that digest exists");
      }
      Instant rotatedAt = change.rotatedAt();
      if (key != null && rotatedAt != null) {
        rotations.put(
            key.key(),
            new SecretsState.EarlierRotation(key.request(), after.secrets().number(), rotatedAt));
      }
    }
    tokens.put(token.id(), after);
    change.events().forEach(this::note);
    return changed;
  }

  /**
   * Records the ends of previous secrets that ended at least a minute ago, and deletes old repeat
   * keys and old secrets. The caller must hold the write lock.
   */
  final List<AuditEvent> maintainSecrets(Instant now) {
    List<AuditEvent> events = new ArrayList<>();
    for (T token : List.copyOf(tokens.values())) {
      SecretsChange<T> change =
          PreviousSecretEnd.byTime(token, now.minus(CLOCK_DIFFERENCE), now, ids);
      if (!change.isEmpty()) {
        var unused = apply(token, null, change);
        events.addAll(change.events());
      }
    }
    Instant oldest = now.minus(SECRETS_KEPT);
    secrets.values().removeIf(secret -> isEndedAndExpiredBefore(secret, oldest));
    reportedUses.keySet().removeIf(secret -> token(secret.tokenId()).expiresAt().isBefore(oldest));
    rotations.values().removeIf(rotation -> rotation.rotatedAt().isBefore(now.minus(KEYS_KEPT)));
    return events;
  }

  private boolean isEndedAndExpiredBefore(Secret secret, Instant instant) {
    PresentedToken<T> found = presented(secret);
    return found.isEnded() && found.token().expiresAt().isBefore(instant);
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

  /**
   * Adds uses to the counts of tokens. Ignores ids of unknown tokens.
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
    usages.merge(token.id(), added, TokenUsage::plus);
    Instant usedAt = added.accepted().lastAt();
    if (usedAt != null) {
      Instant before = token.lastUsedAt();
      tokens.put(
          token.id(),
          used(
              token,
              before == null || before.isBefore(usedAt) ? usedAt : before,
              token.secrets().used(secret.number(), added.accepted(), dayOf(usedAt))));
    }
    return added.endedSecret() > 0 ? report(token, secret, added.refused()) : Optional.empty();
  }

  /** Writes the first use of an ended secret on a day to the audit log. */
  private Optional<AuditEvent> report(T token, SecretId secret, UsageCount refused) {
    Instant usedAt = refused.lastAt();
    if (usedAt == null || secret.number() == token.secrets().number()) {
      return Optional.empty();
    }
    Optional<AuditEvent> event =
        secrets.values().stream()
            .filter(known -> known.id().equals(secret))
            .findFirst()
            .filter(known -> isFirst(secret, dayOf(usedAt)))
            .map(
                known ->
                    EndedSecretUse.event(
                        token, known.tokenPrefix(), refused.lastAddress(), usedAt, ids));
    event.ifPresent(this::note);
    return event;
  }

  /** Records a reported use. Returns false if a use on this day or later was reported before. */
  private boolean isFirst(SecretId secret, LocalDate day) {
    LocalDate reported = reportedUses.get(secret);
    if (reported != null && !reported.isBefore(day)) {
      return false;
    }
    reportedUses.put(secret, day);
    return true;
  }

  private static LocalDate dayOf(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
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
