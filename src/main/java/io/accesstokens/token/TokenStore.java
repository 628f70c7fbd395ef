package io.accesstokens.token;

import io.accesstokens.verify.TokenDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Where tokens and their audit events live. A store owns its transactions: each method is one.
 *
 * <p>Each method throws {@link StoreUnavailable} when the store is out of reach or the outcome of a
 * write is unknown. One contract suite holds every implementation to what is said here.
 */
public interface TokenStore extends AutoCloseable {

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

  /** The token of that id. */
  Optional<ServiceToken> find(UUID id);

  /** The token whose raw token has that digest. */
  Optional<ServiceToken> find(TokenDigest digest);

  /**
   * A page of tokens, in the query's order.
   *
   * @param now the instant at which statuses are decided
   */
  TokenPage list(TokenQuery query, Instant now);

  /**
   * Marks a token as revoked, appends the audit event and announces the change of verdict in the
   * change feed, all in one transaction. Of parallel calls for one token, exactly one is told
   * {@link Revocation#DONE}.
   */
  Revocation revoke(UUID id, String revokedBy, Instant revokedAt, AuditEvent revoked);

  /**
   * The digest of a token's raw token. A store that does not say makes a change of a token forget
   * all that is cached.
   */
  default Optional<TokenDigest> digest(UUID id) {
    return Optional.empty();
  }

  /**
   * How long after a change that was committed just now, by the calling thread, another process may
   * still rely on what it read before. Zero where nobody else caches what this store says.
   */
  default Duration untilFinal() {
    return Duration.ZERO;
  }

  /**
   * A page of a token's audit events, newest first; events of one instant in reverse order of
   * writing. Empty for an unknown token.
   */
  AuditPage audit(UUID tokenId, long offset, int limit);

  /**
   * Adds to what is known of the uses of some tokens, all of it or nothing. Counts add up,
   * whichever replica adds; the last uses move only forward. No other column is touched; unknown
   * ids are passed over.
   *
   * @param uses few enough for one short transaction: a hundred or so
   */
  void recordUses(Map<UUID, TokenUsage> uses);

  /** What is known of the uses of a token; {@link TokenUsage#NONE} for an unknown one. */
  TokenUsage usage(UUID id);

  /**
   * Keeps what the store derives from the passing of time up to date, so that lists stay quick.
   * Never needed for correctness; safe to be called by many replicas at once.
   */
  void maintain(Instant now);

  /** Reaches the store once and returns, or throws {@link StoreUnavailable}. */
  void ping();

  @Override
  void close();

  /** What became of a revocation. */
  enum Revocation {
    /** This call revoked it. */
    DONE,
    /** It had been revoked before. */
    ALREADY_REVOKED,
    /** No token has that id. */
    NOT_FOUND
  }
}
