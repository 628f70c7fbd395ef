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
 * Stores personal tokens. It is part of a {@link TokenStore}: it gives the same guarantees, writes
 * to the same change feed and is closed with it.
 */
public interface PersonalTokenStore extends AccessTokenStore<PersonalToken> {

  /**
   * Adds a token together with its first audit event, in one transaction.
   *
   * @param mostLive the maximum number of tokens of the user that are live at the creation,
   *     including the new one. The limit also holds under concurrent calls
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user already has {@code mostLive} live tokens
   */
  void create(PersonalToken token, TokenDigest digest, AuditEvent minted, int mostLive);

  /**
   * Checks in advance whether {@link #create} would succeed. A later call of it can still fail.
   *
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has {@code mostLive} tokens that are live at {@code
   *     now}
   */
  void requireRoom(EntityRef owner, String name, Instant now, int mostLive);

  /**
   * Returns a page of a user's tokens, newest first. Ties are ordered by id, descending.
   *
   * @param now the instant for which a status filter is evaluated
   */
  Page<PersonalToken> list(PersonalTokenQuery query, Instant now);

  /** Appends an event that does not change the token. */
  void append(AuditEvent event);
}
