package io.accesstokens.token;

import io.accesstokens.verify.TokenDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Where service tokens and their audit events live. A store owns its transactions: each method is
 * one.
 *
 * <p>Each method throws {@link StoreUnavailable} when the store is out of reach or the outcome of a
 * write is unknown. One contract suite holds every implementation to what is said here.
 */
public interface TokenStore extends AccessTokenStore<ServiceToken>, AutoCloseable {

  /**
   * Adds a token together with its first audit event, or neither.
   *
   * @throws NameTaken if an unrevoked token of the group has that name
   */
  void create(ServiceToken token, TokenDigest digest, AuditEvent created);

  /**
   * The same, unless the group has as many live tokens as it may. Live are those that are neither
   * revoked nor expired when the token is created. Of parallel calls, no more succeed than fit. A
   * store that cannot promise that leaves this as it is.
   *
   * @param mostLive at least 1
   * @throws NameTaken if an unrevoked token of the group has that name
   * @throws LimitReached if the group has {@code mostLive} live tokens
   */
  default void create(ServiceToken token, TokenDigest digest, AuditEvent created, int mostLive) {
    throw new UnsupportedOperationException("this store cannot limit how many tokens are live");
  }

  /**
   * A page of tokens, in the query's order.
   *
   * @param now the instant at which statuses are decided
   */
  TokenPage list(TokenQuery query, Instant now);

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
   * @param uses few enough for one short transaction: a hundred or so
   */
  void recordUses(Map<UUID, TokenUsage> uses);

  /**
   * The personal tokens that are kept beside the service tokens; they end with this store. Empty if
   * it keeps none.
   */
  default Optional<PersonalTokenStore> personal() {
    return Optional.empty();
  }

  /**
   * What this store tells of all service tokens together.
   *
   * @throws UnsupportedOperationException if it tells nothing
   */
  default ReportStore reports() {
    throw new UnsupportedOperationException("this store tells nothing of all tokens together");
  }

  /**
   * Keeps what the store derives from the passing of time up to date, so that lists stay quick.
   * Never needed for correctness; safe to be called by many replicas at once.
   */
  void maintain(Instant now);

  /** Reaches the store once and returns, or throws {@link StoreUnavailable}. */
  void ping();

  @Override
  void close();
}
