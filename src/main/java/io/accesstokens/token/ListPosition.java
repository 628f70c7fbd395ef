package io.accesstokens.token;

import java.time.Instant;
import java.util.UUID;

/**
 * A place in the list of tokens: just after the token with this creation instant and id.
 *
 * @param createdAt as stored
 * @param id breaks ties
 */
public record ListPosition(Instant createdAt, UUID id) {

  /** The position of a token. */
  public static ListPosition of(ServiceToken token) {
    return new ListPosition(token.createdAt(), token.id());
  }
}
