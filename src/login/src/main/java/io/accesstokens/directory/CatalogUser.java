package io.accesstokens.directory;

import io.accesstokens.directory.CatalogConnection.CatalogResponse;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user in a Backstage catalog.
 *
 * @param isThere true if the user is in the catalog and is not an orphan
 * @param groups the groups in the {@code memberOf} relations of the user
 * @param etag the ETag of the response, or null
 */
record CatalogUser(boolean isThere, Set<EntityRef> groups, @Nullable String etag) {

  /** The result for a user who is not in the catalog. */
  static final CatalogUser ABSENT = new CatalogUser(false, Set.of(), null);

  /**
   * Matches the names and namespaces that Backstage allows, in lower case. A group or a user with
   * another name or namespace cannot be in the catalog. The path of a URL can contain a matching
   * text without escaping.
   */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]*[a-z0-9])?");

  CatalogUser {
    groups = Set.copyOf(groups);
  }

  /**
   * Returns the given ref of a group or a user if a catalog can contain it.
   *
   * @return empty if the name or the namespace is not allowed in a catalog
   */
  static Optional<EntityRef> inCatalog(EntityRef ref) {
    boolean possible =
        NAME.matcher(ref.namespace()).matches() && NAME.matcher(ref.name()).matches();
    return possible ? Optional.of(ref) : Optional.empty();
  }

  /**
   * Reads a user from a catalog.
   *
   * @param user an entity ref that {@link #inCatalog} has returned
   * @param earlier the result of the previous read; null if there is none
   */
  static CompletableFuture<CatalogUser> read(
      CatalogConnection connection,
      CatalogJson json,
      EntityRef user,
      @Nullable CatalogUser earlier) {
    return connection
        .get(
            "/entities/by-name/user/" + user.namespace() + '/' + user.name(),
            earlier == null ? null : earlier.etag())
        .thenApply(response -> of(response, json, user, earlier));
  }

  private static CatalogUser of(
      CatalogResponse response, CatalogJson json, EntityRef user, @Nullable CatalogUser earlier) {
    if (response.status() == 304 && earlier != null) {
      return earlier;
    }
    if (response.status() == 200) {
      return json.memberOf(user, response.body())
          .map(groups -> new CatalogUser(true, groups, response.etag()))
          .orElse(ABSENT);
    }
    if (response.status() == 404 && json.isNotFoundError(response.body())) {
      return ABSENT;
    }
    throw new CatalogException("responded with " + response.status() + " to a request for a user");
  }
}
