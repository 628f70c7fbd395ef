package io.accesstokens.store.memory;

import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stores the personal tokens of an {@link InMemoryTokenStore} in memory. Thread-safe. */
final class InMemoryPersonalTokens extends InMemoryTokens<PersonalToken>
    implements PersonalTokenStore {

  private static final Comparator<PersonalToken> NEWEST_FIRST =
      Comparator.comparing(PersonalToken::createdAt)
          .thenComparing(token -> token.id().toString())
          .reversed();

  /**
   * The token ids of each user, in the order of creation. Guarded by the lock of the base class.
   */
  private final Map<EntityRef, List<UUID>> users = new HashMap<>();

  @Override
  public void create(PersonalToken token, TokenDigest digest, AuditEvent minted, int maxLive) {
    writing(
        () -> {
          requireCreatable(token.owner(), token.createdAt(), maxLive);
          add(token, digest, minted);
          users.computeIfAbsent(token.owner(), user -> new ArrayList<>()).add(token.id());
          return token;
        });
  }

  @Override
  public void requireCreatable(EntityRef owner, String name, Instant now, int maxLive) {
    reading(
        () -> {
          if (of(owner).anyMatch(token -> token.revokedAt() == null && token.name().equals(name))) {
            throw new NameTakenException();
          }
          requireCreatable(owner, now, maxLive);
          return owner;
        });
  }

  private void requireCreatable(EntityRef owner, Instant now, int maxLive) {
    if (of(owner).filter(isLiveAt(now)).count() >= maxLive) {
      throw new LimitReachedException(LimitReachedException.USER, maxLive);
    }
  }

  private Stream<PersonalToken> of(EntityRef owner) {
    return users.getOrDefault(owner, List.of()).stream().map(this::token);
  }

  @Override
  public Page<PersonalToken> list(PersonalTokenQuery query, Instant now) {
    return reading(
        () -> {
          List<PersonalToken> all =
              of(query.owner())
                  .filter(token -> matches(token, query, now))
                  .sorted(NEWEST_FIRST)
                  .toList();
          return new Page<>(
              all.stream().skip(query.offset()).limit(query.limit()).toList(),
              BoundedCount.ofCounted(all.size()));
        });
  }

  private static boolean matches(PersonalToken token, PersonalTokenQuery query, Instant now) {
    TokenStatus status = token.statusAt(now);
    return query.status().map(wanted -> wanted == status).orElse(true);
  }

  @Override
  public void append(AuditEvent event) {
    writing(
        () -> {
          note(event);
          return event;
        });
  }

  @Override
  PersonalToken used(
      PersonalToken token, @Nullable Instant lastUsedAt, TokenSecrets secretsOfToken) {
    return token.used(lastUsedAt, secretsOfToken);
  }

  @Override
  PersonalToken revoked(PersonalToken token, Instant revokedAt, String revokedBy) {
    return token.revoked(revokedAt, revokedBy);
  }
}
