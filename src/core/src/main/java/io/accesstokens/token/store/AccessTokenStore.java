package io.accesstokens.token.store;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.Page;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The common operations of the store for service tokens and the store for personal tokens. A store
 * owns its transactions: each method is one transaction.
 *
 * <p>Each method throws {@link StoreUnavailableException} if the store cannot be reached, or if the
 * outcome of a write is unknown.
 *
 * @param <T> the kind of token
 */
public interface AccessTokenStore<T extends AccessToken> {

  /** Returns the token with this id. */
  Optional<T> find(UUID id);

  /** Returns the token whose raw token has this digest. */
  Optional<T> find(TokenDigest digest);

  /**
   * Returns the tokens whose raw tokens have one of these digests, by digest. Unknown digests are
   * omitted. A store should override this method if it can read many tokens together.
   */
  default Map<TokenDigest, T> findByDigest(Set<TokenDigest> digests) {
    Map<TokenDigest, T> found = new HashMap<>();
    digests.forEach(digest -> find(digest).ifPresent(token -> found.put(digest, token)));
    return found;
  }

  /**
   * Revokes a token, appends the audit event and writes the change to the change feed, all in one
   * transaction. If several callers revoke the same token at the same time, exactly one call
   * returns {@link Revocation#DONE}.
   */
  Revocation revoke(UUID id, String revokedBy, Instant revokedAt, AuditEvent revoked);

  /**
   * Returns the digest of a token's raw token. If a store always returns empty, each change of a
   * token clears the whole cache of verdicts instead of one entry.
   *
   * @param id the id of the token
   */
  default Optional<TokenDigest> digest(UUID id) {
    return Optional.empty();
  }

  /**
   * Returns a page of the audit events of a token, newest event first. Events with the same instant
   * are in reverse order of writing. The page of an unknown token is empty.
   */
  Page<AuditEvent> audit(UUID tokenId, long offset, int limit);

  /** Returns the recorded uses of a token, or {@link TokenUsage#NONE} for an unknown token. */
  TokenUsage usage(UUID id);

  /** The outcome of a revocation. */
  enum Revocation {
    /** This call revoked the token. */
    DONE,
    /** The token was already revoked. */
    ALREADY_REVOKED,
    /** No token has that id. */
    NOT_FOUND
  }
}
