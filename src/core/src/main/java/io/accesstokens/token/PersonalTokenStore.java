package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;

/**
 * Where personal tokens live: a part of a {@link TokenStore}, with its promises, its change feed
 * and its end.
 */
public interface PersonalTokenStore extends AccessTokenStore<PersonalToken> {

  /**
   * Adds a token together with its first audit event, or neither.
   *
   * @param mostLive how many tokens its user may have that are good at the instant of its creation,
   *     itself included. However many calls there are at a time, there never are more
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has as many already
   */
  void create(PersonalToken token, TokenDigest digest, AuditEvent minted, int mostLive);

  /**
   * Says beforehand what {@link #create} would refuse. It may be otherwise when that is called.
   *
   * @throws NameTakenException if an unrevoked token of the user has that name
   * @throws LimitReachedException if the user has {@code mostLive} tokens that are good at that
   *     instant
   */
  void requireRoom(EntityRef owner, String name, Instant now, int mostLive);

  /**
   * A page of a user's tokens, newest first, ties broken by id (descending).
   *
   * @param now the instant at which a status filter is decided
   */
  PersonalTokenPage list(PersonalTokenQuery query, Instant now);

  /** Appends an event that changes nothing about the token. */
  void append(AuditEvent event);
}
