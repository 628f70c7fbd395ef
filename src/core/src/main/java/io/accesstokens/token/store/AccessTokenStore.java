package io.accesstokens.token.store;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.Page;
import io.accesstokens.verify.TokenDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The common operations of the store for service tokens and the store for personal tokens. A store
 * owns its transactions: each of these methods is one transaction.
 *
 * <p>Each method throws {@link StoreUnavailableException} if the store cannot be reached, or if the
 * outcome of a write is unknown.
 *
 * @param <T> the kind of token
 */
public interface AccessTokenStore<T extends AccessToken> {

  /** Returns the token with this id. */
  Optional<T> find(UUID id);

  /**
   * Returns the token that has or had a raw token with this digest. The store finds replaced
   * secrets until at least one year after the expiry of the token.
   */
  Optional<PresentedToken<T>> findByDigest(TokenDigest digest);

  /**
   * Returns the tokens that have or had raw tokens with one of these digests, by digest. Unknown
   * digests are omitted. A store should override this method if it can read many tokens together.
   */
  default Map<TokenDigest, PresentedToken<T>> findByDigests(Set<TokenDigest> digests) {
    Map<TokenDigest, PresentedToken<T>> found = new HashMap<>();
    digests.forEach(digest -> findByDigest(digest).ifPresent(token -> found.put(digest, token)));
    return found;
  }

  /**
   * Revokes a token, appends the audit event and writes the change to the change feed, all in one
   * transaction. If several callers revoke the same token at the same time, exactly one call
   * returns {@link Revocation#DONE}. The change feed contains the current secret and the previous
   * secret. The result has the digests of the token even if the token was already revoked.
   *
   * @param secretNumber the number that the current secret must have; null for any number. Ignored
   *     if the token is already revoked.
   * @param revoked creates the audit event, whose actor and instant are also stored in the token.
   *     Called only if this call revokes the token. No other call changes the token between the
   *     call of {@code revoked} and the commit. Called again after a conflict with another
   *     transaction.
   */
  StoredChange<Revocation> revoke(
      UUID id, @Nullable Integer secretNumber, Supplier<AuditEvent> revoked);

  /**
   * Changes the secrets of a token, appends the audit events and writes the change to the change
   * feed, all in one transaction. No other call changes the token between the call of {@code work}
   * and the commit. If the change replaces the current secret, the replaced secret becomes the
   * previous secret or is ended.
   *
   * @param key identifies a rotation that the client may repeat; null if the client will not repeat
   *     it. The store keeps a key for at least one day.
   * @param work computes the change from the stored token; called again after a conflict with
   *     another transaction. If {@code work} throws an exception, nothing is changed, and this
   *     method throws the exception. {@code work} must not call the store.
   * @return the change that {@code work} returned last; empty if no token has that id. If {@code
   *     work} returned an empty change, the digests of the result are those of the secrets that
   *     ended recently, see {@link #digests}. These digests never include a valid secret.
   */
  StoredChange<Optional<SecretsChange<T>>> changeSecrets(
      UUID id, @Nullable IdempotencyKey key, Function<SecretsState<T>, SecretsChange<T>> work);

  /** Returns the digest of the raw token with the current secret; empty if no token has this id. */
  Optional<TokenDigest> digest(UUID id);

  /**
   * Returns the digests of the current secrets and the previous secrets of tokens, and of the
   * secrets that ended recently. Omits unknown ids.
   *
   * <p>A secret ended recently if it ended at most one minute before the latest end of a secret of
   * the same token. Another thread may have ended this secret and may not have evicted it from the
   * cache yet. Therefore, each change of the token must evict this secret too.
   */
  Set<TokenDigest> digests(Set<UUID> ids);

  /**
   * Returns a page of the audit events of a token, newest event first. Events with the same instant
   * are in reverse order of writing. The page of an unknown token is empty.
   */
  Page<AuditEvent> auditLog(UUID tokenId, long offset, int limit);

  /** Returns the recorded uses of a token, or {@link TokenUsage#NONE} for an unknown token. */
  TokenUsage usage(UUID id);

  /** The outcome of a revocation. */
  enum Revocation {
    /** This call revoked the token. */
    DONE,
    /** The token was already revoked. */
    ALREADY_REVOKED,
    /**
     * Nothing was revoked, because the current secret is not the secret that the caller requires.
     */
    SECRET_REPLACED,
    /** No token has that id. */
    NOT_FOUND
  }
}
