package io.accesstokens.directory;

import io.accesstokens.directory.RefreshingCache.Ages;
import io.accesstokens.token.DirectoryUnavailableException;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.token.UserDirectory;
import io.accesstokens.verify.EntityRef;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Groups and people of a running Backstage, from its catalog's REST API: all groups together
 * ({@code GET /api/catalog/entities/by-query}), users one by one when they are asked for ({@code
 * GET /api/catalog/entities/by-name}). What it says is remembered for a bounded time, see {@link
 * Terms}; what that means is in this package's documentation.
 *
 * <p>Refs are in lower case, as Backstage writes them; another spelling of a group is another
 * group, which does not exist. Users are found whatever their spelling. Make one for an
 * application, and close it with the application.
 */
public final class BackstageGroupDirectory implements GroupDirectory, UserDirectory, AutoCloseable {

  private static final Pattern SLASHES_AT_END = Pattern.compile("(?<!/)/++\\z");

  /** That there is no such group or user is said by a look of no more than this age. */
  private static final Duration ABSENCE = Duration.ofSeconds(5);

  private static final Logger LOG = System.getLogger(BackstageGroupDirectory.class.getName());
  private static final String ALL = "groups";

  /**
   * How it asks, and for how long it remembers.
   *
   * @param baseUrl of Backstage's backend: what comes before {@code /api/catalog}
   * @param timeout how long the catalog may take to answer a question
   * @param fresh until then an answer is used as it is; later it is asked for anew, and used until
   *     the new one is there
   * @param stale an answer that was asked for earlier than this is not used
   * @param maximumEntries how many groups the catalog may have, and how many users are remembered
   * @param nested whether membership passes from a group to those that it is part of
   */
  public record Terms(
      URI baseUrl,
      Duration timeout,
      Duration fresh,
      Duration stale,
      int maximumEntries,
      boolean nested) {}

  private final Terms terms;
  private final Duration absence;
  private final CatalogConnection connection;
  private final RefreshingCache<String, CatalogGroups> groups;
  private final RefreshingCache<EntityRef, CatalogUser> users;
  private final AtomicBoolean troubled = new AtomicBoolean();

  /**
   * Begins to read the groups, and does not wait for them: a catalog that does not answer yet is no
   * reason not to start.
   *
   * @param token a static token of Backstage's {@code backend.auth.externalAccess}, or null
   */
  public static BackstageGroupDirectory open(Terms terms, @Nullable String token) {
    return open(terms, token, System::nanoTime);
  }

  static BackstageGroupDirectory open(Terms terms, @Nullable String token, LongSupplier nanoTime) {
    BackstageGroupDirectory directory = new BackstageGroupDirectory(terms, token, nanoTime);
    directory.groups.peek(ALL);
    return directory;
  }

  private BackstageGroupDirectory(Terms terms, @Nullable String token, LongSupplier nanoTime) {
    this.terms = terms;
    this.absence = ABSENCE.compareTo(terms.stale()) < 0 ? ABSENCE : terms.stale();
    URI catalog =
        URI.create(
            SLASHES_AT_END.matcher(terms.baseUrl().toString()).replaceFirst("") + "/api/catalog");
    this.connection = new CatalogConnection(catalog, token, terms.timeout(), nanoTime);
    CatalogJson json = new CatalogJson();
    Ages ages = new Ages(terms.fresh(), terms.stale());
    this.groups =
        new RefreshingCache<>(
            (all, earlier) ->
                observed(CatalogGroups.read(connection, json, terms.maximumEntries(), earlier)),
            ages,
            1,
            nanoTime);
    this.users =
        new RefreshingCache<>(
            (user, earlier) -> observed(CatalogUser.read(connection, json, user, earlier)),
            ages,
            terms.maximumEntries(),
            nanoTime);
  }

  @Override
  public boolean exists(EntityRef group) {
    return tree().has(group) || groups.get(ALL, absence, terms.timeout()).tree().has(group);
  }

  @Override
  public Set<EntityRef> groupsOf(EntityRef user) {
    groups.peek(ALL); // so that the two questions, if they are needed, are asked at the same time
    Set<EntityRef> own = user(user).groups();
    GroupTree tree = tree();
    return terms.nested() ? tree.withAncestors(own) : tree.known(own);
  }

  @Override
  public Map<EntityRef, String> displayNames(Set<EntityRef> some) {
    return groups.peek(ALL).map(it -> it.tree().displayNames(some)).orElse(Map.of());
  }

  @Override
  public Found search(String text, int limit) {
    return Found.among(tree().groups().values(), text, limit);
  }

  /** Who is not in the catalog, or is an orphan there, is gone. */
  @Override
  public Presence presence(EntityRef user) {
    try {
      return user(user).isThere() ? Presence.PRESENT : Presence.GONE;
    } catch (DirectoryUnavailableException e) {
      return Presence.UNKNOWN;
    }
  }

  private GroupTree tree() {
    return groups.get(ALL, terms.timeout()).tree();
  }

  private CatalogUser user(EntityRef user) {
    Optional<EntityRef> ref = CatalogUser.inCatalog(user);
    if (ref.isEmpty()) {
      return CatalogUser.ABSENT;
    }
    CatalogUser found = users.get(ref.get(), terms.timeout());
    if (found.isThere()) {
      return found;
    }
    tree(); // a catalog without its groups has lost its users, too
    return users.get(ref.get(), absence, terms.timeout());
  }

  /** Trouble is logged when it begins and when it ends, not at each question. */
  private <T> CompletableFuture<T> observed(CompletableFuture<T> question) {
    return question.whenComplete(
        (answer, thrown) -> {
          if (thrown == null) {
            if (troubled.compareAndSet(true, false)) {
              LOG.log(Level.INFO, "the Backstage catalog answers again");
            }
          } else if (troubled.compareAndSet(false, true)) {
            LOG.log(Level.WARNING, "the Backstage catalog {0}", reason(thrown));
          }
        });
  }

  private static String reason(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException e && e.getCause() != null ? e.getCause() : thrown;
    return cause instanceof CatalogException
        ? String.valueOf(cause.getMessage())
        : "cannot be asked: " + cause;
  }

  /** Ends its threads. */
  @Override
  public void close() {
    connection.close();
  }
}
