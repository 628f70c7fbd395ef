package io.accesstokens.token;

import io.accesstokens.verify.TokenDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Where service tokens and their audit events live. A store owns its transactions: each method is
 * one.
 *
 * <p>Each method throws {@link StoreUnavailableException} when the store is out of reach or the
 * outcome of a write is unknown. One contract suite holds every implementation to what is said
 * here.
 */
public interface TokenStore extends AccessTokenStore<ServiceToken>, AutoCloseable {

  /**
   * Adds a token together with its first audit event, or neither.
   *
   * @throws NameTakenException if an unrevoked token of the group has that name
   */
  void create(ServiceToken token, TokenDigest digest, AuditEvent created);

  /**
   * The same, unless the group has as many live tokens as it may. Live are those that are neither
   * revoked nor expired when the token is created. Of parallel calls, no more succeed than fit.
   *
   * @param mostLive at least 1
   * @throws NameTakenException if an unrevoked token of the group has that name
   * @throws LimitReachedException if the group has {@code mostLive} live tokens
   */
  void create(ServiceToken token, TokenDigest digest, AuditEvent created, int mostLive);

  /**
   * A page of tokens, in the query's order.
   *
   * @param now the instant at which statuses are decided
   */
  TokenPage list(TokenQuery query, Instant now);

  /** Those of these tokens that are here, by their ids. */
  default Map<UUID, ServiceToken> find(Set<UUID> ids) {
    Map<UUID, ServiceToken> found = new HashMap<>();
    ids.forEach(id -> find(id).ifPresent(token -> found.put(id, token)));
    return found;
  }

  /**
   * The digests of the raw tokens of those that are here, by their ids. A store that does not say
   * makes a change of several tokens forget all that is cached.
   */
  default Map<UUID, TokenDigest> digests(Set<UUID> ids) {
    return Map.of();
  }

  /**
   * Revokes several tokens as {@link #revoke} does one, all in one transaction: those that are here
   * and not revoked yet, and none of them if any cannot be.
   *
   * @param revoked the event of each, no more than {@link RevocationRequest#MOST}
   * @return what became of each
   */
  Map<UUID, Revocation> revokeAll(
      Map<UUID, AuditEvent> revoked, String revokedBy, Instant revokedAt);

  /**
   * How long after a change that was committed just now, by the calling thread, another process may
   * still rely on what it read before. Zero where nobody else caches what this store says.
   */
  default Duration untilFinal() {
    return Duration.ZERO;
  }

  /**
   * Adds to what is known of the uses of some tokens, of either kind, all of it or nothing. Counts
   * add up, whichever replica adds; the last uses move only forward. No other column is touched;
   * unknown ids are passed over.
   *
   * @param uses few enough for one short transaction: a hundred or so. Those of a token are of one
   *     day (UTC), that of the last of them, to which {@link ReportStore#usesByDay} adds them
   */
  void recordUses(Map<UUID, TokenUsage> uses);

  /**
   * The personal tokens that are kept beside the service tokens; they end with this store. Empty if
   * it keeps none.
   */
  default Optional<PersonalTokenStore> personal() {
    return Optional.empty();
  }

  /** What this store tells of all service tokens together. */
  ReportStore reports();

  /**
   * Keeps what the store derives from the passing of time up to date, so that lists stay quick.
   * Never needed for correctness; safe to be called by many replicas at once.
   */
  void maintain(Instant now);

  /** Reaches the store once and returns, or throws {@link StoreUnavailableException}. */
  void ping();

  @Override
  void close();
}
