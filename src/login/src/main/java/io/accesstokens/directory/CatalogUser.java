package io.accesstokens.directory;

import io.accesstokens.directory.CatalogConnection.Answer;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a Backstage catalog says of a user.
 *
 * @param isThere whether they are in it, and no orphan
 * @param groups those of which they are a member by relation
 * @param etag of the answer that said so, or null
 */
record CatalogUser(boolean isThere, Set<EntityRef> groups, @Nullable String etag) {

  /** Nobody. */
  static final CatalogUser ABSENT = new CatalogUser(false, Set.of(), null);

  /** What Backstage allows as names; so no other can be in it, nor harm a URL. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]*[a-z0-9])?");

  CatalogUser {
    groups = Set.copyOf(groups);
  }

  /**
   * The ref by which a catalog knows a user.
   *
   * @return empty if it cannot know one of that name
   */
  static Optional<EntityRef> inCatalog(EntityRef user) {
    return Optional.of(user)
        .filter(it -> NAME.matcher(it.namespace()).matches())
        .filter(it -> NAME.matcher(it.name()).matches());
  }

  /**
   * Asks a catalog.
   *
   * @param user as {@link #inCatalog} gives it
   * @param earlier what it said before, or null
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
        .thenApply(answer -> of(answer, json, user, earlier));
  }

  private static CatalogUser of(
      Answer answer, CatalogJson json, EntityRef user, @Nullable CatalogUser earlier) {
    if (answer.status() == 304 && earlier != null) {
      return earlier;
    }
    if (answer.status() == 200) {
      return json.memberOf(user, answer.body())
          .map(groups -> new CatalogUser(true, groups, answer.etag()))
          .orElse(ABSENT);
    }
    if (answer.status() == 404 && json.saysNotFound(answer.body())) {
      return ABSENT;
    }
    throw new CatalogException("answers " + answer.status() + " where a user is asked for");
  }
}
