package io.accesstokens.token.usage;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that adds up the recorded uses. A test can make the store fail. The store supports no
 * other operation.
 */
final class SummingTokenStore implements TokenStore {

  final Map<UUID, TokenUsage> sums = new HashMap<>();
  final List<Integer> batches = new ArrayList<>();
  private final Map<SecretId, TokenUsage> sumsBySecret = new HashMap<>();
  final List<AuditEvent> reported = new ArrayList<>();
  Consumer<Map<SecretId, TokenUsage>> before = batch -> {};

  @Override
  public synchronized List<AuditEvent> recordUses(Map<SecretId, TokenUsage> added) {
    before.accept(added);
    batches.add(added.size());
    added.forEach((id, usage) -> sums.merge(id.tokenId(), usage, TokenUsage::plus));
    added.forEach((id, usage) -> sumsBySecret.merge(id, usage, TokenUsage::plus));
    List<AuditEvent> events = List.copyOf(reported);
    reported.clear();
    return events;
  }

  /** Returns the callers of all uses of a secret, the most recent caller first. */
  synchronized List<TokenCaller> callers(SecretId secret) {
    return TokenCaller.merge(
        sumsBySecret.getOrDefault(secret, TokenUsage.NONE).callers(), List.of());
  }

  synchronized TokenUsage usage(SecretId secret) {
    return sumsBySecret.getOrDefault(secret, TokenUsage.NONE).withCallers(List.of());
  }

  @Override
  public synchronized TokenUsage usage(UUID id) {
    return sums.getOrDefault(id, TokenUsage.NONE).withCallers(List.of());
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void create(ServiceToken token, TokenDigest digest, AuditEvent created, int maxLive) {
    throw new UnsupportedOperationException();
  }

  @Override
  public StoredChange<Optional<TokenUpdate>> update(
      UUID id, Function<ServiceToken, TokenUpdate> work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public StoredChange<Map<UUID, Revocation>> revokeAll(
      Set<UUID> ids, Function<Set<UUID>, Map<UUID, AuditEvent>> revoked) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ReportStore reports() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<ServiceToken> find(UUID id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<PresentedToken<ServiceToken>> findByDigest(TokenDigest digest) {
    throw new UnsupportedOperationException();
  }

  @Override
  public TokenPage list(TokenQuery query, Instant now) {
    throw new UnsupportedOperationException();
  }

  @Override
  public StoredChange<Revocation> revoke(
      UUID id, @Nullable Integer secretNumber, Supplier<AuditEvent> revoked) {
    throw new UnsupportedOperationException();
  }

  @Override
  public StoredChange<Optional<SecretsChange<ServiceToken>>> changeSecrets(
      UUID id,
      @Nullable IdempotencyKey key,
      Function<SecretsState<ServiceToken>, SecretsChange<ServiceToken>> work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<TokenDigest> digest(UUID id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<TokenDigest> digests(Set<UUID> ids) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Page<AuditEvent> auditLog(UUID tokenId, long offset, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void deleteCallers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<AuditEvent> maintain(Instant now) {
    return List.of();
  }

  @Override
  public void ping() {}

  @Override
  public void close() {}
}
