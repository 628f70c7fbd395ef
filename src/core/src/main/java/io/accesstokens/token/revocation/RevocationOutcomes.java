package io.accesstokens.token.revocation;

import io.accesstokens.token.store.AccessTokenStore.Revocation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The result of a request to revoke several tokens.
 *
 * @param outcomes the outcome for each id, in the order of the request; the outcome is "not found"
 *     for a token that the actor may not revoke
 */
public record RevocationOutcomes(Map<UUID, Revocation> outcomes) {

  public RevocationOutcomes {
    outcomes = new LinkedHashMap<>(outcomes);
  }

  /** Returns the ids of the tokens with this outcome. */
  public List<UUID> idsWith(Revocation outcome) {
    return outcomes.entrySet().stream()
        .filter(entry -> entry.getValue() == outcome)
        .map(Map.Entry::getKey)
        .toList();
  }
}
