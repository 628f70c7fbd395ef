package io.accesstokens.directory;

import io.accesstokens.directory.RefreshingCache.Ages;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.limit.OutageLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads groups and users from the REST API of a running Backstage catalog. Reads all groups
 * together ({@code GET /api/catalog/entities/by-query}), and single users on demand ({@code GET
 * /api/catalog/entities/by-name}). Caches these responses for a bounded time (see {@link
 * Settings}).
 *
 * <p>Entity refs ignore case, and their canonical form is lower case, as in Backstage. Create one
 * instance for each application, and close the instance with the application.
 */
public final class BackstageGroupDirectory
    implements GroupDirectory, UserDirectory, MailDirectory, AutoCloseable {

  private static final Pattern SLASHES_AT_END = Pattern.compile("(?<!/)/++\\z");

  /**
   * Maximum age of cached data that can show the absence of a group or a user. Older data is read
   * again before an absence is reported.
   */
  private static final Duration ABSENCE = Duration.ofSeconds(5);

  private static final Logger LOG = System.getLogger(BackstageGroupDirectory.class.getName());
  private static final String ALL = "groups";

  /**
   * The settings for the connection to the catalog and for the cache.
   *
   * @param baseUrl the URL of the Backstage backend, before {@code /api/catalog}
   * @param timeout the maximum time of a request to the catalog
   * @param fresh the age after which the cache refreshes a response in the background. The cache
   *     returns the old response during the refresh
   * @param stale the maximum age of a response that the cache returns
   * @param maximumEntries the maximum number of groups in the catalog, and also the maximum number
   *     of users in the cache
   * @param nested true if a member of a group is also a member of its parent groups
   */
  public record Settings(
      URI baseUrl,
      Duration timeout,
      Duration fresh,
      Duration stale,
      int maximumEntries,
      boolean nested) {}

  private final Settings settings;
  private final Duration absence;
  private final CatalogConnection connection;
  private final CatalogJson json = new CatalogJson();
  private final RefreshingCache<String, CatalogGroups> groups;
  private final RefreshingCache<EntityRef, CatalogUser> users;
  private final OutageLog outages = new OutageLog(LOG);
  private volatile boolean closed;

  /**
   * Creates a group directory, and starts to read the groups in the background. This method does
   * not wait for the catalog, so that an unavailable catalog does not prevent the start of the
   * service.
   *
   * @param token returns the current static token from {@code backend.auth.externalAccess} in the
   *     settings of Backstage; null for requests without a token
   */
  public static BackstageGroupDirectory open(Settings settings, @Nullable Supplier<String> token) {
    return open(settings, token, System::nanoTime);
  }

  static BackstageGroupDirectory open(
      Settings settings, @Nullable Supplier<String> token, LongSupplier nanoTime) {
    BackstageGroupDirectory directory = new BackstageGroupDirectory(settings, token, nanoTime);
    directory.groups.peek(ALL);
    return directory;
  }

  private BackstageGroupDirectory(
      Settings settings, @Nullable Supplier<String> token, LongSupplier nanoTime) {
    this.settings = settings;
    this.absence = ABSENCE.compareTo(settings.stale()) < 0 ? ABSENCE : settings.stale();
    URI catalog =
        URI.create(
            SLASHES_AT_END.matcher(settings.baseUrl().toString()).replaceFirst("")
                + "/api/catalog");
    this.connection = new CatalogConnection(catalog, token, settings.timeout(), nanoTime);
    Ages ages = new Ages(settings.fresh(), settings.stale());
    Semaphore waiting = new Semaphore(CatalogConnection.MAX_REQUESTS);
    this.groups =
        new RefreshingCache<>(
            (all, earlier) ->
                observed(CatalogGroups.read(connection, json, settings.maximumEntries(), earlier)),
            ages,
            1,
            waiting,
            nanoTime);
    this.users =
        new RefreshingCache<>(
            (user, earlier) -> observed(CatalogUser.read(connection, json, user, earlier)),
            ages,
            settings.maximumEntries(),
            waiting,
            nanoTime);
  }

  @Override
  public boolean exists(EntityRef group) {
    return tree().has(group) || groups.get(ALL, absence, settings.timeout()).tree().has(group);
  }

  @Override
  public Set<EntityRef> groupsOf(EntityRef user) {
    groups.peek(ALL); // starts a read, so that both reads run concurrently
    Set<EntityRef> own = user(user).groups();
    GroupTree tree = tree();
    return settings.nested() ? tree.withAncestors(own) : tree.known(own);
  }

  @Override
  public Map<EntityRef, String> displayNames(Set<EntityRef> some) {
    return groups.peek(ALL).map(all -> all.tree().displayNames(some)).orElse(Map.of());
  }

  @Override
  public MatchingGroups search(String text, int limit) {
    return MatchingGroups.among(tree().groups().values(), text, limit);
  }

  /**
   * Returns {@code GONE} if the user is not in the catalog, or if Backstage has marked the user as
   * an orphan. Returns {@code UNKNOWN} if the catalog is unavailable.
   */
  @Override
  public Presence presence(EntityRef user) {
    try {
      return user(user).isThere() ? Presence.PRESENT : Presence.GONE;
    } catch (DirectoryUnavailableException e) {
      return Presence.UNKNOWN;
    }
  }

  @Override
  public Optional<String> addressOf(EntityRef owner) {
    return profile(owner).email();
  }

  @Override
  public Set<EntityRef> membersOf(EntityRef group) {
    return profile(group).members().stream()
        .sorted(Comparator.comparing(EntityRef::toString))
        .limit(MAX_MEMBERS)
        .collect(Collectors.toSet());
  }

  /**
   * Reads the mail address and the members of a group or a user from the catalog. Does not cache
   * the result, because only the daily notices need it.
   */
  private CatalogProfile profile(EntityRef owner) {
    if (CatalogUser.inCatalog(owner).isEmpty()) {
      return CatalogProfile.ABSENT;
    }
    try {
      return observed(CatalogProfile.read(connection, json, owner)).join();
    } catch (CompletionException e) {
      throw new DirectoryUnavailableException("mail addresses cannot be looked up in Backstage", e);
    }
  }

  private GroupTree tree() {
    return groups.get(ALL, settings.timeout()).tree();
  }

  private CatalogUser user(EntityRef user) {
    Optional<EntityRef> ref = CatalogUser.inCatalog(user);
    if (ref.isEmpty()) {
      return CatalogUser.ABSENT;
    }
    CatalogUser found = users.get(ref.get(), settings.timeout());
    if (found.isThere()) {
      return found;
    }
    tree(); // throws if the catalog has lost its groups
    return users.get(ref.get(), absence, settings.timeout());
  }

  /**
   * Returns the given request, and logs an outage of the catalog if the request fails. If the
   * request succeeds, logs the end of an earlier outage.
   */
  private <T> CompletableFuture<T> observed(CompletableFuture<T> request) {
    return request.whenComplete(
        (value, thrown) -> {
          if (closed) {
            return; // The failures of pending requests are not logged.
          }
          if (thrown == null) {
            outages.reportSuccess("recovered: the Backstage catalog is available");
          } else {
            outages.reportFailure(
                Level.WARNING, "the Backstage catalog " + CatalogException.reason(thrown));
          }
        });
  }

  /** Stops the threads that read from the catalog. Pending requests fail. */
  @Override
  public void close() {
    closed = true;
    connection.close();
  }
}
