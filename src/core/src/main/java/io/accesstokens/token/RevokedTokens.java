package io.accesstokens.token;

import io.accesstokens.token.AccessTokenStore.Revocation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What became of a wish to revoke several tokens at once.
 *
 * @param outcomes of each id, in the order of the request; a token that is out of the actor's reach
 *     was not found
 */
public record RevokedTokens(Map<UUID, Revocation> outcomes) {

  public RevokedTokens {
    outcomes = new LinkedHashMap<>(outcomes);
  }

  /** The ids to which this happened. */
  public List<UUID> with(Revocation outcome) {
    return outcomes.entrySet().stream()
        .filter(entry -> entry.getValue() == outcome)
        .map(Map.Entry::getKey)
        .toList();
  }
}
