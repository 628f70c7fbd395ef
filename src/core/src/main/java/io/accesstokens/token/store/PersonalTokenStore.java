package io.accesstokens.token.store;

import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;

/**
 * Stores personal tokens. This store is part of a {@link TokenStore}. Both stores give the same
 * guarantees, write to the same change feed and are closed together.
 */
public interface PersonalTokenStore extends AccessTokenStore<PersonalToken> {

  /**
   * Adds a token together with its first audit event, in one transaction.
   *
   * @param maxLive the maximum number of live tokens of the user, including the new token. A token
   *     is live if it is neither revoked nor expired at the creation of the new token. The limit
   *     also applies to concurrent calls.
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user already has {@code maxLive} live tokens
   */
  void create(PersonalToken token, TokenDigest digest, AuditEvent minted, int maxLive);

  /**
   * Checks in advance whether {@link #create} would succeed at the instant {@code now}. A later
   * call of {@code create} can still fail.
   *
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has {@code maxLive} tokens that are neither revoked
   *     nor expired at {@code now}
   */
  void requireCreatable(EntityRef owner, String name, Instant now, int maxLive);

  /**
   * Returns a page of a user's tokens, newest token first. Tokens with the same creation instant
   * are in descending order of their ids.
   *
   * @param now the instant for which statuses are computed
   */
  Page<PersonalToken> list(PersonalTokenQuery query, Instant now);

  /** Appends an audit event of a token. The token does not change. */
  void append(AuditEvent event);
}
