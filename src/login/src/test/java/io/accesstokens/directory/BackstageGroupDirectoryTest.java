package io.accesstokens.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.BackstageCatalog;
import io.accesstokens.testing.BackstageCatalog.Mode;
import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.ServerWithoutTls;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.UnknownHost;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.UserDirectory.Presence;
import io.accesstokens.verify.EntityRef;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the group directory with a simulated catalog of Backstage, over real connections. */
class BackstageGroupDirectoryTest {

  /** The timeout of the tests in which the catalog does not respond. */
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** The timeout of all other tests, too long for a busy machine to exceed. */
  private static final Duration LONG_TIMEOUT = Duration.ofMinutes(5);

  private static final Duration FRESH = Duration.ofSeconds(30);
  private static final Duration STALE = Duration.ofSeconds(60);

  /**
   * The maximum time of two consecutive requests: two timeouts, and a margin for a busy machine.
   */
  private static final Duration BOUND = TIMEOUT.multipliedBy(2).plusSeconds(2);

  private static final EntityRef PLATFORM = group("platform");

  private final BackstageCatalog catalog =
      new BackstageCatalog()
          .group("engineering", "Engineering", "")
          .group("platform", "Platform", "engineering")
          .group("databases", "Databases", "", "cache")
          .group("cache", "Caches", "")
          .group("payments", "Payments", "")
          .user("carol", "group:default/platform")
          .user("Dave", "group:default/cache", "group:default/gone")
          .user("erin");

  /** The clock of the group directory. The time changes only when a test calls {@link #pass}. */
  private final AtomicLong nanos = new AtomicLong();

  private Duration timeout = LONG_TIMEOUT;
  private BackstageGroupDirectory directory;

  BackstageGroupDirectoryTest() {
    directory = open(10_000, true);
  }

  private BackstageGroupDirectory open(int maximum, boolean nested) {
    return BackstageGroupDirectory.open(
        new BackstageGroupDirectory.Settings(
            catalog.baseUrl(), timeout, FRESH, STALE, maximum, nested),
        () -> BackstageCatalog.TOKEN,
        nanos::get);
  }

  @BeforeEach
  void awaitGroups() {
    Awaitility.await().until(() -> !directory.displayNames(Set.of(PLATFORM)).isEmpty());
  }

  @AfterEach
  void close() {
    directory.close();
    catalog.close();
  }

  private void reopen(int maximum, boolean nested) {
    directory.close();
    directory = open(maximum, nested);
  }

  private void reopenWithShortTimeout() {
    timeout = TIMEOUT;
    reopen(10_000, true);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static EntityRef group(String text) {
    return EntityRef.parseGroup(text).orElseThrow();
  }

  private static EntityRef user(String text) {
    return EntityRef.parseUser(text).orElseThrow();
  }

  @Test
  void mailGoesToTheAddressOfAGroupOrOfItsMembers() {
    catalog
        .profile("group:default/platform", " platform@example.com ")
        .profile(
            "group:default/payments", "", "user:default/carol", "user:default/erin", "group:x/y")
        .profile("user:default/carol", "carol@example.com")
        .profile("user:default/erin", "erin@example.com\r\nBcc: all@example.com");
    assertEquals(Set.of("platform@example.com"), directory.addressesOf(PLATFORM));
    assertEquals(Set.of("carol@example.com"), directory.addressesOf(group("payments")));
    assertEquals(Set.of("carol@example.com"), directory.addressesOf(user("carol")));
    assertEquals(Set.of(), directory.addressesOf(group("cache")), "no address and no member");
    assertEquals(Set.of(), directory.addressesOf(group("gone")), "no such group");
    catalog.mode = BackstageCatalog.Mode.BROKEN;
    assertThrows(DirectoryUnavailableException.class, () -> directory.addressesOf(user("carol")));
  }

  private static <T> T inTime(Supplier<T> call) {
    return TimeLimits.within(BOUND, call::get);
  }

  private static void assertUnavailable(Executable call) {
    inTime(() -> assertThrows(DirectoryUnavailableException.class, call));
  }

  private static void eventually(Callable<Boolean> condition) {
    Awaitility.await().ignoreExceptions().until(condition);
  }

  /**
   * Waits for the condition while the clock of the group directory runs. The clock must run,
   * because the group directory sends no request for some time after a failed request.
   */
  private void recovers(Callable<Boolean> condition) {
    eventually(
        () -> {
          pass(Duration.ofSeconds(1));
          return condition.call();
        });
  }

  @Test
  void groupsAreReadFromTheCatalog() {
    assertTrue(directory.exists(PLATFORM), "the group exists");
    assertFalse(directory.exists(group("none")), "there is no such group");
    assertFalse(
        directory.exists(group("acme/platform")), "the group of another namespace does not exist");
    assertEquals(
        Map.of(PLATFORM, "Platform", group("cache"), "Caches"),
        directory.displayNames(Set.of(PLATFORM, group("cache"), group("none"))));
    assertEquals(
        List.of("Platform", "Payments"),
        List.of(
            directory.search("plat", 1).groups().get(0).displayName(),
            directory.search("PAY", 1).groups().get(0).displayName()));
    assertEquals(5, directory.search("", 10).groups().size());
  }

  @Test
  void membershipFollowsRelationsAndIncludesAncestors() {
    assertEquals(Set.of(PLATFORM, group("engineering")), directory.groupsOf(user("carol")));
    assertEquals(Set.of(group("cache"), group("databases")), directory.groupsOf(user("dave")));
    assertEquals(Set.of(), directory.groupsOf(user("erin")));
    assertEquals(Set.of(), directory.groupsOf(user("unknown")));
    reopen(10_000, false);
    assertEquals(Set.of(PLATFORM), directory.groupsOf(user("carol")));
    assertEquals(Set.of(group("cache")), directory.groupsOf(user("dave")));
  }

  @Test
  void groupsInACycleHaveTheSameMembers() {
    catalog.group("engineering", "Engineering", "cache").group("cache", "Caches", "platform");
    reopen(10_000, true);
    Set<EntityRef> cycle = Set.of(PLATFORM, group("engineering"), group("cache"));
    Set<EntityRef> withParent = new HashSet<>(cycle);
    withParent.add(group("databases"));
    assertEquals(withParent, inTime(() -> directory.groupsOf(user("carol"))));
  }

  @Test
  void refsIgnoreCase() {
    catalog.group("Acme/SRE", "Reliability", "default/Engineering");
    catalog.user("Acme/Frank", "group:acme/sre");
    reopen(10_000, true);
    assertTrue(directory.exists(group("acme/sre")), "found by its lower-case ref");
    assertTrue(directory.exists(group("Acme/SRE")), "found by its ref in another case");
    Set<EntityRef> groups = Set.of(group("acme/sre"), group("engineering"));
    assertEquals(groups, directory.groupsOf(user("acme/frank")));
    assertEquals(groups, directory.groupsOf(user("Acme/Frank")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "a,kind=user", "x?y", "%2e%2e", "größe", "-", "a#b"})
  void invalidUserNameIsGoneWithoutARequest(String name) {
    int before = catalog.requests().size();
    EntityRef odd = new EntityRef(EntityRef.USER, "default", name);
    assertEquals(Set.of(), directory.groupsOf(odd));
    assertEquals(Presence.GONE, directory.presence(odd));
    assertEquals(before, catalog.requests().size());
  }

  @Test
  void manyGroupsAreReadInPages() {
    catalog.largestPage = 7;
    for (int i = 0; i < 100; i++) {
      catalog.group("team-" + i, "Team " + i, i == 0 ? "" : "team-" + (i - 1));
    }
    catalog.user("grace", "group:default/team-99");
    reopen(105, true);
    eventually(() -> directory.groupsOf(user("grace")).size() == 100);
    assertTrue(directory.exists(group("team-57")), "a group of a later page exists");
  }

  @Test
  void catalogWithTooManyGroupsIsRefusedNotTruncated() {
    reopen(4, true);
    assertUnavailable(() -> directory.exists(PLATFORM));
    assertUnavailable(() -> directory.search("", 10));
    reopen(5, true);
    assertTrue(directory.exists(PLATFORM), "as many groups as allowed are accepted");
  }

  @Test
  void orphansAreIgnored() {
    catalog.orphan("group:default/platform").orphan("user:default/erin");
    reopen(10_000, true);
    assertFalse(directory.exists(PLATFORM), "an orphan does not exist");
    assertEquals(Set.of(), directory.groupsOf(user("carol")));
    assertEquals(Presence.GONE, directory.presence(user("erin")));
    assertEquals(Presence.PRESENT, directory.presence(user("carol")));
  }

  @Test
  void removedUserIsGoneOnceTheCachedValueIsStale() {
    assertEquals(Presence.PRESENT, directory.presence(user("carol")));
    catalog.remove("user:default/carol");
    assertEquals(Presence.PRESENT, directory.presence(user("carol")));
    pass(STALE.plusMillis(1));
    assertEquals(Presence.GONE, directory.presence(user("carol")));
    assertEquals(Set.of(), directory.groupsOf(user("carol")));
    catalog.user("carol", "group:default/platform");
    pass(STALE.plusMillis(1));
    assertEquals(Presence.PRESENT, directory.presence(user("carol")));
  }

  @Test
  void freshValueIsReusedAndOlderValueIsRefreshedInTheBackground() {
    directory.groupsOf(user("carol"));
    int before = catalog.requests().size();
    for (int i = 0; i < 50; i++) {
      directory.groupsOf(user("carol"));
      directory.exists(PLATFORM);
      directory.displayNames(Set.of(PLATFORM));
    }
    assertEquals(before, catalog.requests().size());
    catalog.user("carol", "group:default/payments");
    pass(FRESH.plusMillis(1));
    assertEquals(Set.of(PLATFORM, group("engineering")), directory.groupsOf(user("carol")));
    eventually(() -> directory.groupsOf(user("carol")).equals(Set.of(group("payments"))));
    // The request for the groups can arrive after the response for the user.
    eventually(() -> catalog.requests().size() >= before + 2);
    assertEquals(
        before + 2, catalog.requests().size(), "one request for the user, one for the groups");
  }

  @Test
  void unchangedEntitiesAreRevalidatedByEtag() {
    directory.groupsOf(user("carol"));
    pass(STALE.plusMillis(1));
    int before = catalog.requests().size();
    assertEquals(Set.of(PLATFORM, group("engineering")), directory.groupsOf(user("carol")));
    List<String> again = catalog.requests().subList(before, catalog.requests().size());
    assertEquals(2, again.size());
    assertTrue(again.stream().allMatch(request -> request.startsWith("304 ")), again::toString);
    catalog.group("platform", "New name", "").user("carol", "group:default/cache");
    pass(STALE.plusMillis(1));
    assertEquals(Set.of(group("cache"), group("databases")), directory.groupsOf(user("carol")));
    assertEquals(Map.of(PLATFORM, "New name"), directory.displayNames(Set.of(PLATFORM)));
  }

  @Test
  void invalidEtagIsNotSentBack() {
    for (String end : List.of("x".repeat(9_000), "\u00e4", " ")) {
      catalog.tagEnd = end;
      reopen(10_000, true);
      directory.groupsOf(user("carol"));
      pass(STALE.plusMillis(1));
      int before = catalog.requests().size();
      assertEquals(Set.of(PLATFORM, group("engineering")), directory.groupsOf(user("carol")));
      assertTrue(
          catalog.requests().stream().skip(before).noneMatch(request -> request.startsWith("304 ")),
          end);
    }
  }

  @Test
  void catalogWithoutEtagsIsReadInFull() {
    catalog.etags = false;
    reopen(10_000, true);
    directory.groupsOf(user("carol"));
    catalog.group("platform", "New name", "");
    pass(STALE.plusMillis(1));
    assertEquals(Set.of(PLATFORM), directory.groupsOf(user("carol")));
  }

  @Test
  void absenceIsConfirmedByARecentRead() {
    assertFalse(directory.exists(group("new")), "the group does not exist yet");
    assertEquals(Presence.GONE, directory.presence(user("new")));
    catalog.group("new", "New", "").user("new", "group:default/new");
    pass(Duration.ofSeconds(6));
    assertTrue(directory.exists(group("new")), "the new group exists");
    assertEquals(Presence.PRESENT, directory.presence(user("new")));
    int before = catalog.requests().size();
    for (int i = 0; i < 20; i++) {
      assertFalse(directory.exists(group("none-" + i)), "group none-" + i + " does not exist");
    }
    assertEquals(before, catalog.requests().size(), "guessing costs the catalog nothing");
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, mode = EnumSource.Mode.EXCLUDE, names = "NORMAL")
  void failingCatalogIsAnOutageInBoundedTimeAndRecovers(Mode failing) {
    reopenWithShortTimeout();
    recovers(() -> directory.groupsOf(user("carol")).contains(PLATFORM));
    pass(STALE.plusMillis(1));
    catalog.mode = failing;
    assertUnavailable(() -> directory.exists(PLATFORM));
    assertUnavailable(() -> directory.exists(group("none")));
    assertUnavailable(() -> directory.groupsOf(user("carol")));
    assertUnavailable(() -> directory.search("", 10));
    assertEquals(Map.of(), inTime(() -> directory.displayNames(Set.of(PLATFORM))));
    if (failing != Mode.CIRCLING) { // users do not depend on the group pages
      assertEquals(Presence.UNKNOWN, inTime(() -> directory.presence(user("carol"))));
    }
    catalog.mode = Mode.NORMAL;
    recovers(() -> directory.exists(PLATFORM));
    recovers(() -> directory.groupsOf(user("carol")).contains(PLATFORM));
    recovers(() -> directory.presence(user("carol")) == Presence.PRESENT);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"HANGING", "BROKEN", "PAGE"})
  void valueThatIsNotStaleIsUsedWhileTheCatalogFails(Mode failing) {
    reopenWithShortTimeout();
    recovers(() -> directory.groupsOf(user("carol")).contains(PLATFORM));
    catalog.mode = failing;
    pass(FRESH.plusSeconds(5));
    for (int i = 0; i < 3; i++) {
      assertTrue(inTime(() -> directory.exists(PLATFORM)), "the cached group exists");
      assertEquals(
          Set.of(PLATFORM, group("engineering")), inTime(() -> directory.groupsOf(user("carol"))));
      assertEquals(Presence.PRESENT, directory.presence(user("carol")));
      assertUnavailable(() -> directory.exists(group("none"))); // never "no such group"
      assertUnavailable(() -> directory.groupsOf(user("erin"))); // not requested before the outage
    }
    pass(STALE.minus(FRESH));
    assertUnavailable(() -> directory.exists(PLATFORM));
    assertUnavailable(() -> directory.groupsOf(user("carol")));
  }

  @Test
  void unavailableCatalogDoesNotPreventTheStart() {
    catalog.mode = Mode.HANGING;
    reopenWithShortTimeout();
    assertEquals(Map.of(), inTime(() -> directory.displayNames(Set.of(PLATFORM))));
    assertUnavailable(() -> directory.exists(PLATFORM));
    catalog.mode = Mode.NORMAL;
    recovers(() -> directory.exists(PLATFORM));
  }

  @Test
  void hangingCatalogReceivesFewRequests() throws Exception {
    reopenWithShortTimeout();
    recovers(() -> directory.exists(PLATFORM));
    catalog.mode = Mode.HANGING;
    pass(STALE.plusMillis(1));
    int before = catalog.requests().size();
    List<Presence> presences =
        Parallel.run(60, i -> inTime(() -> directory.presence(user("carol"))));
    assertEquals(Set.of(Presence.UNKNOWN), Set.copyOf(presences));
    for (int i = 0; i < 200; i++) {
      assertEquals(Presence.UNKNOWN, directory.presence(user("unknown-" + i)));
    }
    assertTrue(catalog.requests().size() - before <= 2, "few requests are sent during the outage");
    catalog.mode = Mode.NORMAL;
    recovers(() -> directory.presence(user("carol")) == Presence.PRESENT);
  }

  @Test
  void hangingCatalogBlocksFewThreads() {
    catalog.mode = Mode.HANGING;
    pass(STALE.plusMillis(1));
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Presence>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        calls.add(threads.submit(() -> directory.presence(user("carol"))));
      }
      // The timeout of the other 64 calls is too long for this test.
      Awaitility.await().until(() -> calls.stream().filter(Future::isDone).count() == 36);
    } finally {
      directory.close();
      threads.shutdownNow();
    }
  }

  @Test
  void concurrentCallersShareOneRequest() throws Exception {
    pass(STALE.plusMillis(1));
    int before = catalog.requests().size();
    for (Set<EntityRef> groups : Parallel.run(40, i -> directory.groupsOf(user("carol")))) {
      assertEquals(Set.of(PLATFORM, group("engineering")), groups);
    }
    assertEquals(before + 2, catalog.requests().size());
  }

  @Test
  void messageNamesTheCauseOfAFailedConnection() throws IOException {
    try (ServerWithoutTls server = new ServerWithoutTls()) {
      assertCause("https://127.0.0.1:" + server.port(), "SSLException: ");
    }
    assertCause("https://" + UnknownHost.NAME, "ConnectException, UnresolvedAddress");
  }

  private void assertCause(String base, String reason) {
    try (BackstageGroupDirectory other =
        BackstageGroupDirectory.open(
            new BackstageGroupDirectory.Settings(
                URI.create(base), LONG_TIMEOUT, FRESH, STALE, 1, true),
            () -> BackstageCatalog.TOKEN,
            nanos::get)) {
      String message =
          String.valueOf(
              assertThrows(DirectoryUnavailableException.class, () -> other.exists(PLATFORM))
                  .getMessage());
      assertTrue(message.contains("(" + reason), message);
    }
  }

  @Test
  void eachReasonOfAnOutageAndItsEndAreLoggedWithoutTheToken() {
    try (RecordedLog log = new RecordedLog(BackstageGroupDirectory.class)) {
      catalog.mode = Mode.UNAUTHORIZED;
      pass(STALE.plusMillis(1));
      for (int i = 0; i < 5; i++) {
        DirectoryUnavailableException thrown =
            assertThrows(DirectoryUnavailableException.class, () -> directory.exists(PLATFORM));
        assertFalse(
            String.valueOf(thrown.getMessage()).contains(BackstageCatalog.TOKEN), thrown::toString);
      }
      catalog.mode = Mode.BROKEN;
      pass(Duration.ofSeconds(1)); // after a failure, the catalog is not asked for so long
      assertUnavailable(() -> directory.exists(PLATFORM));
      catalog.mode = Mode.NORMAL;
      recovers(() -> directory.exists(PLATFORM));
      assertEquals(
          List.of(
              "WARNING the Backstage catalog responded with 401: it does not accept the token",
              "WARNING the Backstage catalog responded with 500",
              "INFO recovered: the Backstage catalog is available"),
          log.lines());
    }
  }

  @Test
  void clientThreadsDoNotHoldTheApplicationClassLoader() throws Exception {
    Thread current = Thread.currentThread();
    ClassLoader before = current.getContextClassLoader();
    try (URLClassLoader application = new URLClassLoader(new URL[0], before)) {
      current.setContextClassLoader(application);
      reopen(10_000, true);
      assertTrue(directory.exists(PLATFORM), "the group exists");
      Set<Thread> clients =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("HttpClient-"))
              .collect(Collectors.toSet());
      assertFalse(clients.isEmpty(), "the client has threads");
      assertTrue(
          clients.stream().noneMatch(thread -> thread.getContextClassLoader() == application),
          clients::toString);
    } finally {
      current.setContextClassLoader(before);
    }
  }

  @Test
  void closeEndsPendingRequests() throws Exception {
    catalog.mode = Mode.HANGING;
    int before = catalog.requests().size();
    FutureTask<Set<String>> pending = new FutureTask<>(() -> directory.addressesOf(user("carol")));
    new Thread(pending, "pending request").start();
    eventually(() -> catalog.requests().size() > before);
    directory.close();
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> pending.get(60, TimeUnit.SECONDS));
    assertInstanceOf(DirectoryUnavailableException.class, e.getCause());
  }

  @Test
  void closeStopsTheThreads() {
    directory.close();
    assertUnavailable(() -> directory.groupsOf(user("erin")));
    eventually(
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("access-tokens catalog")));
  }
}
