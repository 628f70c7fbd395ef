package io.accesstokens.store.memory;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stores tokens and their audit log in memory. Thread-safe. */
public final class InMemoryTokenStore extends InMemoryTokens<ServiceToken> implements TokenStore {

  /**
   * The ids of all tokens, ordered from the newest to the oldest token. Guarded by the lock of the
   * base class.
   */
  private final NavigableMap<ListPosition, UUID> newestFirst =
      new TreeMap<>(TokenOrder.NEWEST_FIRST.comparator());

  private final InMemoryPersonalTokens personal = new InMemoryPersonalTokens();
  private final InMemoryReports reports = new InMemoryReports(this, personal);

  public InMemoryTokenStore() {}

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created) {
    create(token, digest, created, Integer.MAX_VALUE);
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created, int maxLive) {
    writing(
        () -> {
          if (maxLive < Integer.MAX_VALUE && live(token.group(), token.createdAt()) >= maxLive) {
            throw new LimitReachedException(LimitReachedException.GROUP, maxLive);
          }
          add(token, digest, created);
          newestFirst.put(ListPosition.of(token), token.id());
          return token;
        });
  }

  /**
   * Returns the number of unrevoked, unexpired tokens of a group. Scans all tokens, which is fast
   * enough for tests.
   */
  private long live(EntityRef group, Instant now) {
    return all().filter(token -> token.group().equals(group)).filter(isLiveAt(now)).count();
  }

  @Override
  public Map<UUID, TokenDigest> digests(Set<UUID> ids) {
    return digestsOf(ids);
  }

  @Override
  public Map<UUID, Revocation> revokeAll(
      Map<UUID, AuditEvent> revoked, String revokedBy, Instant revokedAt) {
    return writing(
        () -> {
          Map<UUID, Revocation> outcomes = new HashMap<>();
          revoked.forEach((id, event) -> outcomes.put(id, revoke(id, revokedBy, revokedAt, event)));
          return outcomes;
        });
  }

  @Override
  public Optional<TokenUpdate> update(UUID id, Function<ServiceToken, TokenUpdate> work) {
    return writing(
        () ->
            find(id)
                .map(
                    token -> {
                      TokenUpdate update = work.apply(token);
                      AuditEvent updated = update.updated();
                      if (updated != null) {
                        replace(update.token());
                        note(updated);
                      }
                      return update;
                    }));
  }

  @Override
  public TokenPage list(TokenQuery query, Instant now) {
    return reading(() -> TokenList.page(newestFirst, this::token, query, now));
  }

  @Override
  public void recordUses(Map<UUID, TokenUsage> uses) {
    writing(
        () -> {
          addUses(uses);
          reports.add(uses);
          return uses;
        });
    personal.addUses(uses);
  }

  @Override
  public Optional<PersonalTokenStore> personal() {
    return Optional.of(personal);
  }

  @Override
  public ReportStore reports() {
    return reports;
  }

  @Override
  public void maintain(Instant now) {
    // No status is stored. Each read computes the status from the instants of the token.
    writing(
        () -> {
          reports.trim(now);
          return now;
        });
  }

  @Override
  public void ping() {
    // Memory is always available.
  }

  @Override
  public void close() {
    // There is no resource to release.
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
        revokedBy,
        token.limits());
  }
}
