package io.accesstokens.store.memory;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.rotation.EndedSecretUse;
import io.accesstokens.token.rotation.PreviousSecretEnd;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState.EarlierRotation;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stores the current, previous and ended secrets of an {@link InMemoryTokens}, the {@linkplain
 * IdempotencyKey idempotency keys} of rotations, and the reported uses of ended secrets. The lock
 * of the {@link InMemoryTokens} guards each instance.
 *
 * @param <T> the kind of token
 */
final class InMemorySecrets<T extends AccessToken> {

  /** The id of a secret, and the first twelve characters of its raw token. */
  private record Secret(SecretId id, String tokenPrefix) {}

  /**
   * Maximum difference between the clocks of replicas, as in the database stores. The end of a
   * secret is recorded only after all clocks have passed the instant of the end.
   */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(60);

  private static final Duration KEYS_KEPT = Duration.ofHours(25);

  /** Retention time of ended secrets after the expiry of their token. */
  private static final Duration SECRETS_KEPT = Duration.ofDays(365);

  private final UuidGenerator ids = new UuidGenerator(new SecureRandom());
  private final Map<TokenDigest, Secret> secrets = new HashMap<>();
  private final Map<String, EarlierRotation> rotations = new HashMap<>();

  /** The UTC day of the last reported use of each ended secret. */
  private final Map<SecretId, LocalDate> reportedUses = new HashMap<>();

  private final Function<UUID, T> tokens;

  /**
   * Creates an empty store.
   *
   * @param tokens returns the token with an id; the token of each secret must exist
   */
  InMemorySecrets(Function<UUID, T> tokens) {
    this.tokens = tokens;
  }

  /** Returns true if a secret with this digest exists. */
  boolean contains(TokenDigest digest) {
    return secrets.containsKey(digest);
  }

  /**
   * Adds the current secret of a token.
   *
   * @throws IllegalStateException if a secret with this digest exists
   */
  void add(T token, TokenDigest digest) {
    SecretId id = new SecretId(token.id(), token.secrets().number());
    if (secrets.putIfAbsent(digest, new Secret(id, token.tokenPrefix())) != null) {
      throw new IllegalStateException("a secret with this digest already exists");
    }
  }

  /**
   * Adds the new secret of a change, and the idempotency key of a rotation. Does nothing if the
   * change has no new secret.
   */
  void apply(@Nullable IdempotencyKey key, SecretsChange<T> change) {
    TokenDigest added = change.digest();
    if (added == null) {
      return;
    }
    add(change.token(), added);
    Instant rotatedAt = change.rotatedAt();
    if (key != null && rotatedAt != null) {
      rotations.put(
          key.key(),
          new EarlierRotation(key.request(), change.token().secrets().number(), rotatedAt));
    }
  }

  /**
   * Returns the latest rotation with this idempotency key; empty if there is none, or if the key is
   * null.
   */
  Optional<EarlierRotation> rotation(@Nullable IdempotencyKey key) {
    return Optional.ofNullable(key).map(found -> rotations.get(found.key()));
  }

  /** Returns the token that has a secret with this digest. */
  Optional<PresentedToken<T>> findByDigest(TokenDigest digest) {
    return Optional.ofNullable(secrets.get(digest)).map(this::presented);
  }

  private PresentedToken<T> presented(Secret secret) {
    return new PresentedToken<>(tokens.apply(secret.id().tokenId()), secret.id().number());
  }

  /**
   * Returns the digests of those secrets of these tokens that {@code which} selects. Scans all
   * digests, which is fast enough for trials and tests.
   *
   * @param which returns true for each selected secret
   */
  Set<TokenDigest> digests(Set<UUID> tokenIds, Predicate<PresentedToken<T>> which) {
    return secrets.entrySet().stream()
        .filter(entry -> tokenIds.contains(entry.getValue().id().tokenId()))
        .filter(entry -> which.test(presented(entry.getValue())))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /**
   * Returns the changes that record the end of previous secrets. Includes only secrets whose grace
   * period ended at least a minute ago.
   */
  List<SecretsChange<T>> endsByTime(Stream<T> all, Instant now) {
    return all.map(token -> PreviousSecretEnd.byTime(token, now.minus(CLOCK_DIFFERENCE), now, ids))
        .filter(change -> !change.isEmpty())
        .toList();
  }

  /** Deletes idempotency keys, ended secrets and reported uses whose retention time has passed. */
  void trim(Instant now) {
    Instant oldest = now.minus(SECRETS_KEPT);
    secrets.values().removeIf(secret -> isEndedAndExpiredBefore(secret, oldest));
    reportedUses
        .keySet()
        .removeIf(secret -> tokens.apply(secret.tokenId()).expiresAt().isBefore(oldest));
    rotations.values().removeIf(rotation -> rotation.rotatedAt().isBefore(now.minus(KEYS_KEPT)));
  }

  private boolean isEndedAndExpiredBefore(Secret secret, Instant instant) {
    PresentedToken<T> found = presented(secret);
    return found.isEnded() && found.token().expiresAt().isBefore(instant);
  }

  /**
   * Returns the audit event for the first use of an ended secret on a UTC day, and records that the
   * use was reported. Returns empty in these cases:
   *
   * <ul>
   *   <li>There was no refused use.
   *   <li>A use on this day or the next day was reported before.
   *   <li>The secret is unknown, or is the current secret of the token.
   * </ul>
   *
   * @param secret the secret; can be unknown
   */
  Optional<AuditEvent> report(T token, SecretId secret, UsageCount refused) {
    Instant usedAt = refused.lastAt();
    if (usedAt == null || secret.number() == token.secrets().number()) {
      return Optional.empty();
    }
    LocalDate day = LocalDate.ofInstant(usedAt, ZoneOffset.UTC);
    return secrets.values().stream()
        .filter(known -> known.id().equals(secret))
        .findFirst()
        .filter(known -> markReported(secret, day))
        .map(
            known ->
                EndedSecretUse.event(
                    token, known.tokenPrefix(), refused.lastAddress(), usedAt, ids));
  }

  /**
   * Records that a use of an ended secret on this day is reported. Returns false and records
   * nothing if a use on this day or the next day was reported before. A recorded day later than the
   * next day is from a wrong clock, and is replaced.
   */
  private boolean markReported(SecretId secret, LocalDate day) {
    LocalDate reported = reportedUses.get(secret);
    if (reported != null && !reported.isBefore(day) && !reported.isAfter(day.plusDays(1))) {
      return false;
    }
    reportedUses.put(secret, day);
    return true;
  }
}
