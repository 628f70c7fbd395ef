package io.accesstokens.http;

import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store of tokens in memory, for tests. A test can make the store fail. */
public final class ListTokenStore implements TokenStore {

  private final TokenStore tokens = new InMemoryTokenStore();

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
    tokens.create(token, digest, created);
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created, int maxLive) {
    ping();
    tokens.create(token, digest, created, maxLive);
  }

  @Override
  public Optional<ServiceToken> find(UUID id) {
    ping();
    return tokens.find(id);
  }

  @Override
  public Optional<PresentedToken<ServiceToken>> findByDigest(TokenDigest digest) {
    ping();
    reading.run();
    return tokens.findByDigest(digest);
  }

  @Override
  public Map<TokenDigest, PresentedToken<ServiceToken>> findByDigests(Set<TokenDigest> digests) {
    ping();
    reading.run();
    return tokens.findByDigests(digests);
  }

  @Override
  public Optional<TokenDigest> digest(UUID id) {
    ping();
    return tokens.digest(id);
  }

  @Override
  public Set<TokenDigest> digests(Set<UUID> ids) {
    ping();
    return tokens.digests(ids);
  }

  @Override
  public TokenPage list(TokenQuery query, Instant now) {
    ping();
    TokenPage page = tokens.list(query, now);
    return new TokenPage(page.tokens(), bounded(page.total()), page.next());
  }

  private BoundedCount bounded(BoundedCount total) {
    return lowerBound ? new BoundedCount(total.count(), true) : total;
  }

  @Override
  public StoredChange<Revocation> revoke(
      UUID id, @Nullable Integer secretNumber, Supplier<AuditEvent> revoked) {
    ping();
    writing.run();
    return tokens.revoke(id, secretNumber, revoked);
  }

  @Override
  public StoredChange<Map<UUID, Revocation>> revokeAll(
      Set<UUID> ids, Function<Set<UUID>, Map<UUID, AuditEvent>> revoked) {
    ping();
    writing.run();
    return tokens.revokeAll(ids, revoked);
  }

  @Override
  public StoredChange<Optional<TokenUpdate>> update(
      UUID id, Function<ServiceToken, TokenUpdate> work) {
    ping();
    writing.run();
    return tokens.update(id, work);
  }

  @Override
  public StoredChange<Optional<SecretsChange<ServiceToken>>> changeSecrets(
      UUID id,
      @Nullable IdempotencyKey key,
      Function<SecretsState<ServiceToken>, SecretsChange<ServiceToken>> work) {
    ping();
    writing.run();
    return tokens.changeSecrets(id, key, work);
  }

  @Override
  public Page<AuditEvent> auditLog(UUID tokenId, long offset, int limit) {
    ping();
    Page<AuditEvent> page = tokens.auditLog(tokenId, offset, limit);
    return new Page<>(page.items(), bounded(page.total()));
  }

  @Override
  public List<AuditEvent> recordUses(Map<SecretId, TokenUsage> uses) {
    ping();
    return tokens.recordUses(uses);
  }

  @Override
  public TokenUsage usage(UUID id) {
    ping();
    return tokens.usage(id);
  }

  @Override
  public ReportStore reports() {
    ping();
    return tokens.reports();
  }

  @Override
  public Optional<PersonalTokenStore> personal() {
    return tokens.personal();
  }

  @Override
  public void deleteCallers() {
    ping();
    tokens.deleteCallers();
  }

  @Override
  public List<AuditEvent> maintain(Instant now) {
    ping();
    return tokens.maintain(now);
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
