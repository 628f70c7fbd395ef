package io.accesstokens.token;

import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What is done alike with stored tokens of either kind. A store owns its transactions: each method
 * is one.
 *
 * <p>Each method throws {@link StoreUnavailableException} when the store is out of reach or the
 * outcome of a write is unknown.
 *
 * @param <T> the kind of token
 */
public interface AccessTokenStore<T extends AccessToken> {

  /** The token of that id. */
  Optional<T> find(UUID id);

  /** The token whose raw token has that digest. */
  Optional<T> find(TokenDigest digest);

  /**
   * Those tokens whose raw tokens have one of these digests, by digest. One read of many costs
   * little more than one of one, if a store can do that.
   */
  default Map<TokenDigest, T> findByDigest(Set<TokenDigest> digests) {
    Map<TokenDigest, T> found = new HashMap<>();
    digests.forEach(digest -> find(digest).ifPresent(token -> found.put(digest, token)));
    return found;
  }

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
   * A page of a token's audit events, newest first; events of one instant in reverse order of
   * writing. Empty for an unknown token.
   */
  AuditPage audit(UUID tokenId, long offset, int limit);

  /** What is known of the uses of a token; {@link TokenUsage#NONE} for an unknown one. */
  TokenUsage usage(UUID id);

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
