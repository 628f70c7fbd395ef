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
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/** Stores tokens and their audit log in memory. Thread-safe. */
public final class InMemoryTokenStore extends InMemoryTokens<ServiceToken> implements TokenStore {

  /**
   * The ids of all tokens, ordered from the newest to the oldest token. Guarded by the lock of the
   * base class.
   */
  private final NavigableMap<ListPosition, UUID> newestFirst =
      new TreeMap<>(TokenOrder.NEWEST_FIRST.comparator());

  private final InMemoryPersonalTokenStore personal = new InMemoryPersonalTokenStore();
  private final InMemoryReportStore reports = new InMemoryReportStore(this, personal);
  private final InMemoryLogStore log = new InMemoryLogStore(this, personal);

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
   * enough for trials and tests.
   */
  private long live(EntityRef group, Instant now) {
    return all().filter(token -> token.group().equals(group)).filter(isLiveAt(now)).count();
  }

  @Override
  public StoredChange<Map<UUID, Revocation>> revokeAll(
      Set<UUID> ids, Function<Set<UUID>, Map<UUID, AuditEvent>> revoked) {
    return writing(() -> revokeTogether(ids, revoked));
  }

  @Override
  public StoredChange<Optional<TokenUpdate>> update(
      UUID id, Function<ServiceToken, TokenUpdate> work) {
    return writing(
        () ->
            new StoredChange<>(
                find(id)
                    .map(
                        token -> {
                          TokenUpdate update = work.apply(token);
                          AuditEvent updated = update.updated();
                          if (updated != null) {
                            replace(update.token());
                            recordEvent(updated);
                          }
                          return update;
                        }),
                digests(Set.of(id))));
  }

  @Override
  public TokenPage list(TokenQuery query, Instant now) {
    return reading(() -> TokenList.page(newestFirst, this::token, query, now));
  }

  @Override
  public List<AuditEvent> recordUses(Map<SecretId, TokenUsage> uses) {
    List<AuditEvent> events =
        writing(
            () -> {
              reports.add(uses);
              return addUses(uses);
            });
    return Stream.concat(events.stream(), personal.addUses(uses).stream()).toList();
  }

  @Override
  public Optional<PersonalTokenStore> personal() {
    return Optional.of(personal);
  }

  /** Returns the transparency log of the audit events in this store. */
  public LogStore log() {
    return log;
  }

  @Override
  public ReportStore reports() {
    return reports;
  }

  @Override
  public void deleteCallers() {
    var unused =
        writing(
            () -> {
              reports.deleteCallers();
              return true;
            });
  }

  @Override
  public List<AuditEvent> maintain(Instant now) {
    // No status is stored. Each read computes the status from the instants of the token.
    List<AuditEvent> events =
        writing(
            () -> {
              reports.trim(now);
              return maintainSecrets(now);
            });
    return Stream.concat(
            events.stream(), personal.writing(() -> personal.maintainSecrets(now)).stream())
        .toList();
  }

  @Override
  public void ping() {
    // Memory is always available.
  }

  @Override
  public void close() {
    // There is no resource to release.
  }
}
