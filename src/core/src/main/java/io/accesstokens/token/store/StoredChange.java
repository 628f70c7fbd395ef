package io.accesstokens.token.store;

import io.accesstokens.verify.TokenDigest;
import java.util.Set;

/**
 * The result of a change of a token.
 *
 * @param result the result for the caller
 * @param digests the digests whose cached facts can be invalid after the change. Unless a method
 *     says otherwise, these are the digests that {@link AccessTokenStore#digests} returned just
 *     before the change. If a token was changed and the set is empty, all cached facts can be
 *     invalid.
 * @param <R> the type of the result
 */
public record StoredChange<R>(R result, Set<TokenDigest> digests) {

  public StoredChange {
    digests = Set.copyOf(digests);
  }
}
