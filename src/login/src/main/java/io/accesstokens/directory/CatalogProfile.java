package io.accesstokens.directory;

import io.accesstokens.directory.CatalogConnection.CatalogResponse;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The mail address and the members of a group or a user in a Backstage catalog.
 *
 * @param email the address in the profile; empty if there is none
 * @param members the users in the {@code hasMember} relations of a group
 */
record CatalogProfile(Optional<String> email, Set<EntityRef> members) {

  /** The result for an entity that is not in the catalog. */
  static final CatalogProfile ABSENT = new CatalogProfile(Optional.empty(), Set.of());

  CatalogProfile {
    members = Set.copyOf(members);
  }

  /**
   * Reads the mail address and the members of a group or a user from a catalog.
   *
   * @param ref an entity ref that {@link CatalogUser#inCatalog} has returned
   */
  static CompletableFuture<CatalogProfile> read(
      CatalogConnection connection, CatalogJson json, EntityRef ref) {
    return connection
        .get("/entities/by-name/" + ref.kind() + '/' + ref.namespace() + '/' + ref.name(), null)
        .thenApply(response -> of(response, json, ref));
  }

  private static CatalogProfile of(CatalogResponse response, CatalogJson json, EntityRef ref) {
    if (response.status() == 200) {
      return json.profile(ref, response.body()).orElse(ABSENT);
    }
    if (response.status() == 404 && json.isNotFoundError(response.body())) {
      return ABSENT;
    }
    throw new CatalogException(
        "responded with " + response.status() + " to a request for an entity");
  }
}
