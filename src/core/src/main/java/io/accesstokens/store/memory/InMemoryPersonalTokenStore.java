package io.accesstokens.store.memory;

import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.Text;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.query.TokenUser;
import io.accesstokens.token.query.TokenUserQuery;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.StoredChange;
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
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stores the personal tokens of an {@link InMemoryTokenStore} in memory. Thread-safe. */
final class InMemoryPersonalTokenStore extends InMemoryTokens<PersonalToken>
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
  public List<TokenUser> users(TokenUserQuery query, Instant now) {
    return reading(
        () ->
            matchingUsers(query, now)
                .filter(
                    user ->
                        query.after().stream()
                            .allMatch(
                                after -> user.user().toString().compareTo(after.toString()) > 0))
                .sorted(Comparator.comparing(user -> user.user().toString()))
                .limit(query.limit())
                .toList());
  }

  @Override
  public BoundedCount countUsers(TokenUserQuery query, Instant now) {
    return reading(() -> BoundedCount.ofCounted(matchingUsers(query, now).count()));
  }

  private Stream<TokenUser> matchingUsers(TokenUserQuery query, Instant now) {
    return users.keySet().stream()
        .filter(user -> matches(user, query))
        .flatMap(user -> summary(user, now).stream());
  }

  private boolean matches(EntityRef user, TokenUserQuery query) {
    return query.refPart().map(part -> Text.foldCase(user.toString()).contains(part)).orElse(true)
        || query.text().stream()
            .anyMatch(text -> of(user).anyMatch(token -> token.tokenPrefix().equals(text)));
  }

  private Optional<TokenUser> summary(EntityRef user, Instant now) {
    List<PersonalToken> live = of(user).filter(isLiveAt(now)).toList();
    return live.stream()
        .map(PersonalToken::expiresAt)
        .min(Comparator.naturalOrder())
        .map(
            nextExpiryAt ->
                new TokenUser(
                    user,
                    live.size(),
                    live.stream()
                        .flatMap(token -> Stream.ofNullable(token.lastUsedAt()))
                        .max(Comparator.naturalOrder())
                        .orElse(null),
                    nextExpiryAt));
  }

  @Override
  public StoredChange<Map<UUID, Revocation>> revokeAll(
      EntityRef owner, Instant now, Function<Set<UUID>, Map<UUID, AuditEvent>> revoked) {
    Instant since = now.minus(CLOCK_TOLERANCE);
    return writing(
        () -> {
          Set<TokenDigest> digests =
              new HashSet<>(
                  digests(
                      of(owner)
                          .filter(token -> isAtLeast(token.revokedAt(), since))
                          .map(PersonalToken::id)
                          .collect(Collectors.toSet())));
          StoredChange<Map<UUID, Revocation>> change =
              revokeTogether(
                  of(owner)
                      .filter(isLiveAt(since))
                      .limit(RevocationRequest.MAX)
                      .map(PersonalToken::id)
                      .collect(Collectors.toSet()),
                  revoked);
          digests.addAll(change.digests());
          return new StoredChange<>(change.result(), digests);
        });
  }

  private static boolean isAtLeast(@Nullable Instant instant, Instant since) {
    return instant != null && !instant.isBefore(since);
  }

  @Override
  public boolean append(AuditEvent event) {
    return writing(
        () -> {
          boolean live =
              find(event.tokenId()).filter(token -> token.revokedAt() == null).isPresent();
          if (live) {
            recordEvent(event);
          }
          return live;
        });
  }
}
