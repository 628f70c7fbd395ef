package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.accesstokens.testing.BackstageCatalog;
import io.accesstokens.testing.BackstageCatalog.Mode;
import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests nested groups and a remote catalog over HTTP. */
class GroupDirectoryIT {

  private static final String GROUPS = "/api/access-tokens/groups";
  private static final String PLATFORM = "group:default/platform";
  private static final String DATABASES = "group:default/databases";
  private static final String PAYMENTS = "group:default/payments";

  /** Time limit of a request. On a busy machine, a request may wait for the catalog twice. */
  private static final Duration BOUND = Duration.ofSeconds(4);

  private static final String NESTED =
      """
      {apiVersion: backstage.io/v1alpha1, kind: Group, metadata: {name: platform},
       spec: {type: team, profile: {displayName: Platform}, children: [databases], parent: round}}
      ---
      {apiVersion: backstage.io/v1alpha1, kind: Group, metadata: {name: databases},
       spec: {type: team, profile: {displayName: Databases}, children: [], members: [carol]}}
      ---
      {apiVersion: backstage.io/v1alpha1, kind: Group, metadata: {name: round},
       spec: {type: team, children: [], parent: platform}}
      ---
      {apiVersion: backstage.io/v1alpha1, kind: Group, metadata: {name: payments},
       spec: {type: team, children: []}}
      """;

  private static List<String> chosen(ApiResult answer) {
    return ServiceTokens.objects(answer.ok(), "groups").stream()
        .map(group -> group.getString("groupEntityRef"))
        .toList();
  }

  private static WarProcess withGroups(String yaml) {
    WarProcess process = WarProcess.inNewFolder().with("--in-memory");
    return process.withEnvironment(
        "ACCESSTOKENS_DIRECTORY_GROUPSFILE", process.file("groups.yaml", yaml).toString());
  }

  @Test
  void membershipIncludesParentGroupsDespiteACycle() throws Exception {
    try (RunningApplication application = RunningApplication.start(withGroups(NESTED))) {
      Api carol = application.api().as("carol");
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      ServiceTokens hers = new ServiceTokens(carol);
      TestToken theirs = alice.create(good().of(PAYMENTS));
      TestToken parents = alice.create(good().of(PLATFORM));
      TestToken own = hers.create(good().of(DATABASES));
      TestToken cycle = hers.create(good().of("group:default/round"));
      hers.create(good().of(PLATFORM));

      carol.get(PATH + "/" + parents.id()).ok();
      carol.get(PATH + "/" + theirs.id()).problem(404);
      JsonObject listed = carol.get(PATH).ok();
      assertEquals(4, listed.getInt("total"), "those of her groups, and the count says no more");
      List<String> groups =
          ServiceTokens.objects(listed, "tokens").stream()
              .map(token -> token.getString("groupEntityRef"))
              .toList();
      assertFalse(groups.contains(PAYMENTS), groups::toString);
      carol.post(PATH, good().of(PAYMENTS).json()).problem(403);
      for (TestToken made : List.of(parents, own, cycle)) {
        hers.revoke(made.id());
        application.api().bearer(made.rawToken()).get(WHOAMI).problem(401);
      }
      assertEquals(List.of(DATABASES, PLATFORM, "group:default/round"), chosen(carol.get(GROUPS)));
      assertEquals(List.of(PLATFORM), chosen(carol.get(GROUPS + "?q=PLATF")));
    }
  }

  @Test
  void nestedMembershipCanBeTurnedOff() throws Exception {
    try (RunningApplication application =
        RunningApplication.start(
            withGroups(NESTED).withEnvironment("ACCESSTOKENS_DIRECTORY_NESTEDGROUPS", "false"))) {
      Api carol = application.api().as("carol");
      new ServiceTokens(carol).create(good().of(DATABASES));
      carol.post(PATH, good().of(PLATFORM).json()).problem(403);
      assertEquals(List.of(DATABASES), chosen(carol.get(GROUPS)));
    }
  }

  @Test
  void hangingCatalogIs503UntilItResponds() throws Exception {
    try (BackstageCatalog catalog = catalog();
        RunningApplication application = RunningApplication.start(withBackstage(catalog))) {
      Api api = application.api();
      TestToken made = created(api, PLATFORM);
      created(api, DATABASES);
      available(() -> api.as("carol").post(PATH, good().of(PAYMENTS).json())).problem(403);
      available(() -> api.as("alice").post(PATH, good().of("group:default/none").json()))
          .problem(422);
      assertEquals(
          List.of(DATABASES, PLATFORM), chosen(available(() -> api.as("carol").get(GROUPS))));
      assertEquals(3, chosen(available(() -> api.as("alice").get(GROUPS))).size());

      catalog.mode = Mode.HANGING;
      awaitOutage(api);
      outagesAreBounded(api, made);
      everybodyAtOnceIsAnsweredInTime(api);

      catalog.mode = Mode.NORMAL;
      worksAgain(api);
      catalog.mode = Mode.BROKEN;
      awaitOutage(api);
      outagesAreBounded(api, made);
      catalog.mode = Mode.NORMAL;
      worksAgain(api);
      application.stop(); // the log is complete
      assertFalse(application.log().contains(BackstageCatalog.TOKEN), "the token is in the log");
      assertFalse(application.log().contains("Exception"), "a stack trace is in the log");
    }
  }

  /**
   * Repeats a request while the response is 503. On a busy machine, the catalog does not always
   * respond within the timeout, which is short because other requests exceed it on purpose.
   */
  private static ApiResult available(Supplier<ApiResult> call) {
    return Awaitility.await()
        .pollDelay(Duration.ZERO)
        .until(call::get, answer -> answer.status() != 503);
  }

  private static TestToken created(Api api, String group) {
    ServiceTokens hers = new ServiceTokens(api.as("carol"));
    return TestToken.of(available(() -> hers.tryCreate(good().of(group))), api.exchanges());
  }

  private static BackstageCatalog catalog() {
    return new BackstageCatalog()
        .group("platform", "Platform", "")
        .group("databases", "Databases", "platform")
        .group("payments", "Payments", "")
        .user("alice")
        .user("bob")
        .user("carol", DATABASES);
  }

  private static WarProcess withBackstage(BackstageCatalog catalog) {
    return WarProcess.inNewFolder()
        .with("--in-memory")
        .withEnvironment("ACCESSTOKENS_DIRECTORY_BACKSTAGE_BASEURL", catalog.baseUrl().toString())
        .withEnvironment("ACCESSTOKENS_DIRECTORY_BACKSTAGE_TOKEN", BackstageCatalog.TOKEN)
        .withEnvironment("ACCESSTOKENS_DIRECTORY_BACKSTAGE_TIMEOUTMILLIS", "500")
        .withEnvironment("ACCESSTOKENS_DIRECTORY_BACKSTAGE_CACHESECONDS", "1")
        .withEnvironment("ACCESSTOKENS_DIRECTORY_BACKSTAGE_STALESECONDS", "2");
  }

  /** Waits until the cached groups of all callers are stale. */
  private static void awaitOutage(Api api) {
    for (String person : List.of("alice", "bob", "carol")) {
      Awaitility.await().until(() -> api.as(person).get(GROUPS).status() == 503);
    }
  }

  private static void outagesAreBounded(Api api, TestToken made) {
    for (String person : List.of("alice", "bob", "carol")) {
      unavailable(() -> api.as(person).post(PATH, good().of(PLATFORM).json()));
      unavailable(() -> api.as(person).get(PATH));
      unavailable(() -> api.as(person).get(GROUPS));
    }
    api.bearer(made.rawToken()).get(WHOAMI).ok(); // needs no directory
    api.basic("carol", "wrong").get(PATH).problem(401);
    assertEquals(200, api.get("/health/ready").status());
  }

  private static void everybodyAtOnceIsAnsweredInTime(Api api) throws Exception {
    List<ApiResult> answers =
        TimeLimits.within(
            BOUND.multipliedBy(2), () -> Parallel.run(40, i -> api.as("carol").get(PATH)));
    answers.forEach(answer -> answer.problem(503));
  }

  private static void unavailable(Supplier<ApiResult> call) {
    ApiResult answer = TimeLimits.within(BOUND, () -> call.get().problem(503));
    assertEquals(Set.of("1"), Set.copyOf(answer.headers("Retry-After")));
  }

  private static void worksAgain(Api api) {
    Awaitility.await().until(() -> api.as("carol").get(PATH).status() == 200);
    created(api, PLATFORM);
    Awaitility.await().until(() -> api.as("alice").get(PATH).status() == 200);
  }

  @Test
  void wrongSettingsPreventTheStart() throws Exception {
    Outcome outcome =
        WarProcess.inNewFolder()
            .with("--in-memory", "--port", "0")
            .withEnvironment("ACCESSTOKENS_DIRECTORY_BACKSTAGE_BASEURL", "ftp://backstage")
            .withEnvironment("ACCESSTOKENS_DIRECTORY_BACKSTAGE_TOKEN", "two words")
            .run("");
    assertNotEquals(0, outcome.exitCode());
    assertEquals(2, outcome.errorLines().size(), outcome.err());
    assertFalse(outcome.err().contains("two words"), outcome::err);
  }
}
