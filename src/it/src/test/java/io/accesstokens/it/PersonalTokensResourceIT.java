package io.accesstokens.it;

import static io.accesstokens.testing.client.PersonalTokens.PATH;
import static io.accesstokens.testing.client.PersonalTokens.adminPath;
import static io.accesstokens.testing.client.PersonalTokens.path;
import static io.accesstokens.testing.client.PersonalTokens.request;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static io.accesstokens.testing.client.TokenRequest.newName;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;

/** Tests personal tokens with other settings, other users and several replicas. */
class PersonalTokensResourceIT {

  private static final String REASON = "{\"reason\":\"no longer needed\"}";
  private static final int REVOCATIONS = 5;

  @Test
  void revocationTakesEffectAtTheOtherReplica() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    try (RunningApplication first = RunningApplication.start(replica(database));
        RunningApplication second = RunningApplication.start(replica(database))) {
      Api dave = first.api().as("dave");
      Api alice = first.api().as("alice");
      for (int i = 0; i < REVOCATIONS; i++) {
        isFinal(first, second, id -> dave.call("DELETE", path(id)).send().expect(204));
        isFinal(first, second, id -> alice.delete(adminPath(id), REASON).expect(204));
      }
      noUserHasMoreThanTheyMay(first, second);
    }
  }

  private static WarProcess replica(TestDatabase database) {
    return WarProcess.inNewFolder()
        .withDatabase(database)
        .withEnvironment("ACCESSTOKENS_PERSONAL_MAXLIVETOKENS", "5");
  }

  private interface Revocation {
    void of(String id);
  }

  private static void isFinal(
      RunningApplication first, RunningApplication second, Revocation revocation) {
    TestToken made = new PersonalTokens(first.api().as("dave")).create();
    TwoReplicasIT.assertFinal(second.api().bearer(made.rawToken()), () -> revocation.of(made.id()));
    first.api().bearer(made.rawToken()).get(WHOAMI).problem(401);
  }

  private static void noUserHasMoreThanTheyMay(RunningApplication first, RunningApplication second)
      throws Exception {
    List<PersonalTokens> carols =
        List.of(
            new PersonalTokens(first.api().as("carol")),
            new PersonalTokens(second.api().as("carol")));
    Race.of(20, i -> carols.get(i % 2).tryCreate(request(newName()))).assertSuccesses(201, 5);
    assertEquals(5, carols.get(0).list("limit=0").getInt("total"));
  }

  @Test
  void locationHasThePathOfThePublicUrl() throws Exception {
    for (String root : List.of("", "/tokens")) {
      try (RunningApplication application =
          RunningApplication.start(
              WarProcess.inNewFolder()
                  .with("--in-memory")
                  .withEnvironment("ACCESSTOKENS_PUBLICURL", "http://127.0.0.1" + root))) {
        ApiResult personal =
            new PersonalTokens(application.api().as("dave")).tryCreate(request("a"));
        String id = personal.expect(201).json().getJsonObject("token").getString("id");
        assertEquals(root + path(id), personal.headerLine("Location"));
        ApiResult service = new ServiceTokens(application.api().as("alice")).tryCreate(good());
        id = service.expect(201).json().getJsonObject("token").getString("id");
        assertEquals(root + ServiceTokens.path(id), service.headerLine("Location"));
      }
    }
  }

  @Test
  void changesAreRateLimitedPerUser() throws Exception {
    try (RunningApplication application =
        RunningApplication.start(WarProcess.inNewFolder().with("--in-memory"))) {
      PersonalTokens daves = new PersonalTokens(application.api().as("dave"));
      Permits permits = new Permits(60);
      List<String> ids = new ArrayList<>();
      permits.exhaust(
          201,
          () -> {
            ApiResult answer = daves.tryCreate(request(newName()));
            if (answer.status() == 201) {
              ids.add(answer.json().getJsonObject("token").getString("id"));
            }
            return answer;
          });
      Iterator<String> spare = ids.subList(1, ids.size()).iterator();
      permits.exhaust(204, () -> daves.tryRevoke(spare.next()));
      daves.list("limit=1");
      new PersonalTokens(application.api().as("carol")).create();
      application.api().as("alice").delete(adminPath(ids.get(0)), REASON).expect(204);
    }
  }

  @Test
  void lifetimesAreConfiguredAndPersonalTokensCanBeDisabled() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .withDataDirectory()
            .withEnvironment("ACCESSTOKENS_PERSONAL_MAXEXPIRYDAYS", "7");
    TestToken made;
    try (RunningApplication application = RunningApplication.start(call)) {
      PersonalTokens daves = new PersonalTokens(application.api().as("dave"));
      made = daves.create();
      assertEquals(Duration.ofDays(7), life(made.token()), "never more than the maximum");
      daves.tryCreate("{\"name\":\"n\",\"expiresInDays\":8}").violates("expiresInDays");
    }
    WarProcess without = call.withEnvironment("ACCESSTOKENS_PERSONAL_ENABLED", "false");
    try (RunningApplication application = RunningApplication.start(without)) {
      Api dave = application.api().as("dave");
      dave.get(PATH).problem(404);
      dave.get(PATH + "/scopes").problem(404);
      dave.get(path(made.id())).problem(404);
      dave.post(PATH, request("n")).problem(404);
      application.api().as("alice").get(adminPath(made.id())).problem(404);
      // The pages offer what these permissions allow.
      assertEquals(List.of(), dave.get(WHOAMI).ok().getJsonArray("permissions"));
      BrowserSession alice =
          BrowserSession.signIn(application.api(), "alice", "alice").on(application.api());
      String session = alice.get(BrowserSession.PATH).expect(200).text();
      assertTrue(session.contains("access-tokens:service:write"), session);
      assertFalse(session.contains("access-tokens:user:"), session);
      application.api().bearer(made.rawToken()).get(WHOAMI).problem(401);
      application.api().form("/api/access-tokens/revoke", "token=" + made.rawToken()).expect(200);
    }
    try (RunningApplication application = RunningApplication.start(call)) {
      application.api().bearer(made.rawToken()).get(WHOAMI).ok();
      JsonObject kept = new PersonalTokens(application.api().as("dave")).get(made.id());
      assertEquals(made.token().getString("expiresAt"), kept.getString("expiresAt"));
    }
  }

  private static Duration life(JsonObject token) {
    return Duration.between(
        Instant.parse(token.getString("createdAt")), Instant.parse(token.getString("expiresAt")));
  }

  @Test
  void tokenLosesTheRightsThatItsUserLoses() throws Exception {
    String people = Files.readString(Path.of("config/people.yaml"));
    String groups = Files.readString(Path.of("config/groups.yaml"));
    WarProcess call = WarProcess.inNewFolder().with("--in-memory");
    Path usersFile = call.file("people.yaml", people);
    Path groupsFile = call.file("groups.yaml", groups);
    call =
        call.withEnvironment("ACCESSTOKENS_LOGIN_USERSFILE", usersFile.toString())
            .withEnvironment("ACCESSTOKENS_DIRECTORY_GROUPSFILE", groupsFile.toString())
            .withEnvironment("ACCESSTOKENS_SERVICE_ADMIN_USERENTITYREFS", "user:default/alice");
    try (RunningApplication application = RunningApplication.start(call)) {
      TestToken carols = new PersonalTokens(application.api().as("carol")).create();
      Api bearer = application.api().bearer(carols.rawToken());
      bearer.get(ServiceTokens.PATH).ok();
      replace(groupsFile, groups.replace("[carol]", "[]").replace("[platform]", "[]"));
      await(() -> bearer.get(ServiceTokens.PATH).problem(403));
      bearer.get(WHOAMI).ok();
      replace(groupsFile, groups);
      await(() -> bearer.get(ServiceTokens.PATH).ok());
      tokensOfARenamedGroupStayWithTheFormerRef(application, groupsFile, groups);
      replace(
          usersFile,
          people
              .replace("username: carol", "username: eve")
              .replace("default/carol", "default/eve"));
      await(() -> bearer.get(WHOAMI).problem(401));
      replace(usersFile, people);
      await(() -> bearer.get(WHOAMI).ok());
    }
  }

  /** The members of a renamed group lose its tokens. These tokens still work. */
  private static void tokensOfARenamedGroupStayWithTheFormerRef(
      RunningApplication application, Path groupsFile, String groups) throws Exception {
    Api alice = application.api().as("alice");
    Api carol = application.api().as("carol");
    TestToken ours = new ServiceTokens(carol).create();
    String path = ServiceTokens.path(ours.id());
    replace(groupsFile, groups.replaceAll("\\bplatform\\b", "renamed"));
    await(() -> carol.get(path).problem(404));
    carol.get(ServiceTokens.PATH).ok();
    application.api().bearer(ours.rawToken()).get(WHOAMI).ok();
    alice.get(path).ok();
    alice.post(ServiceTokens.PATH, good().json()).problem(422);
    replace(groupsFile, groups);
    await(() -> carol.get(path).ok());
  }

  private static void replace(Path file, String content) throws Exception {
    Path other = Files.writeString(file.resolveSibling("new"), content);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Waits for an assertion, because the application reads files once a second. */
  private static void await(ThrowingRunnable assertion) {
    Awaitility.await().untilAsserted(assertion);
  }
}
