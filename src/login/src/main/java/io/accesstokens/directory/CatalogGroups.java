package io.accesstokens.directory;

import io.accesstokens.directory.CatalogConnection.CatalogResponse;
import io.accesstokens.directory.CatalogJson.GroupEntity;
import io.accesstokens.directory.CatalogJson.GroupPage;
import io.accesstokens.token.directory.GroupDirectory.Group;
import io.accesstokens.verify.EntityRef;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * All groups of a Backstage catalog.
 *
 * @param tree the groups and their parents
 * @param pages the pages of the list of groups, by request path. The next read sends the ETags of
 *     these pages, so that the catalog does not send an unchanged page again
 */
record CatalogGroups(GroupTree tree, Map<String, Page> pages) {

  /** Maximum number of groups in a page of the list of groups. */
  static final int PAGE = 500;

  /**
   * The query parameters for the page size and the requested fields. There is no parameter for the
   * order, because the order of the groups does not matter.
   */
  private static final String FIELDS =
      "&limit="
          + PAGE
          + "&fields="
          + encoded(
              "kind,metadata.name,metadata.namespace,metadata.title,metadata.annotations,"
                  + "spec.parent,spec.children,spec.profile.displayName");

  private static final String FIRST = "/entities/by-query?filter=" + encoded("kind=group") + FIELDS;

  /**
   * A page of the list of groups.
   *
   * @param etag the ETag of the response, or null
   */
  record Page(GroupPage content, @Nullable String etag) {}

  CatalogGroups {
    pages = Map.copyOf(pages);
  }

  /**
   * Reads all groups of a catalog, page by page.
   *
   * @param maximum the maximum number of groups; the read fails if the catalog has more groups
   * @param earlier the result of the previous read; null if there is none
   */
  static CompletableFuture<CatalogGroups> read(
      CatalogConnection connection,
      CatalogJson json,
      int maximum,
      @Nullable CatalogGroups earlier) {
    return new Reading(connection, json, maximum, earlier == null ? Map.of() : earlier.pages())
        .next(FIRST);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** One read of the list of groups, page by page. */
  private static final class Reading {

    private final CatalogConnection connection;
    private final CatalogJson json;
    private final int maximum;
    private final Map<String, Page> earlier;
    private final Map<String, Page> pages = new LinkedHashMap<>();

    /**
     * The number of groups that were read so far. The read fails if this number exceeds {@link
     * #maximum}, if a page occurs twice, or if an empty page has a next page. Otherwise, the read
     * of an endless list of pages would never end.
     */
    private int count;

    Reading(
        CatalogConnection connection, CatalogJson json, int maximum, Map<String, Page> earlier) {
      this.connection = connection;
      this.json = json;
      this.maximum = maximum;
      this.earlier = earlier;
    }

    CompletableFuture<CatalogGroups> next(String path) {
      Page known = earlier.get(path);
      return connection
          .get(path, known == null ? null : known.etag())
          .thenCompose(
              response -> {
                Page page = page(response, known);
                take(path, page);
                String cursor = page.content().next();
                return cursor == null
                    ? CompletableFuture.completedFuture(all())
                    : next("/entities/by-query?cursor=" + encoded(cursor) + FIELDS);
              });
    }

    private Page page(CatalogResponse response, @Nullable Page known) {
      if (response.status() == 304 && known != null) {
        return known;
      }
      if (response.status() == 200) {
        return new Page(json.groups(response.body()), response.etag());
      }
      throw new CatalogException(
          "responded with " + response.status() + " to a request for groups");
    }

    private void take(String path, Page page) {
      GroupPage content = page.content();
      count += content.entities();
      if (count > maximum) {
        throw new CatalogException(
            "has more than "
                + maximum
                + " groups (accessTokens.directory.backstage.maximumEntries)");
      }
      if (pages.put(path, page) != null || (content.entities() == 0 && content.next() != null)) {
        throw new CatalogException("returned an endless list of pages");
      }
    }

    private CatalogGroups all() {
      Map<EntityRef, Group> groups = new HashMap<>();
      Map<EntityRef, Set<EntityRef>> parentsOf = new HashMap<>();
      for (Page page : pages.values()) {
        for (GroupEntity entity : page.content().groups()) {
          EntityRef ref = entity.group().ref();
          groups.put(ref, entity.group());
          parentsOf.computeIfAbsent(ref, key -> new HashSet<>()).addAll(entity.parents());
          for (EntityRef child : entity.children()) {
            parentsOf.computeIfAbsent(child, key -> new HashSet<>()).add(ref);
          }
        }
      }
      if (groups.isEmpty()) {
        throw new CatalogException("has no group");
      }
      return new CatalogGroups(new GroupTree(groups, parentsOf), pages);
    }
  }
}
