package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests limits from a settings file with two processes on one database. */
class CreationPolicyIT {

  private static final int PARALLEL = 30;
  private static final int MAX = 7;

  private static final String SETTINGS =
      """
      accessTokens:
        policy:
          limits:
            - maxLiveTokensPerGroup: 7
            - groups: [platform]
              maxLifetimeDays: 30
              allowedScopes: ["catalog:read"]
              descriptionPattern: '^(a+)+$|\\b[A-Z]+-[0-9]+\\b'
              descriptionHint: must name a ticket
      """;

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  private RunningApplication start() throws Exception {
    return start(SETTINGS);
  }

  private RunningApplication start(String settings) throws Exception {
    return RunningApplication.start(
        WarProcess.inNewFolder().withDatabase(database).withConfig(settings));
  }

  private static TokenRequest ticketed() {
    return good().withText("description", "for OPS-12");
  }

  @Test
  void limitsHoldAcrossProcesses() throws Exception {
    try (RunningApplication first = start();
        RunningApplication second = start()) {
      eachViolationNamesItsField(new ServiceTokens(first.api().as("carol")));
      noDescriptionKeepsItBusy(new ServiceTokens(first.api().as("carol")));
      noMoreAreMadeThanFit(first, second, "payments");
      noMoreAreMadeThanFit(second, first, "guests");
      limitsAreReported(second);
    }
  }

  @Test
  void rotationWithAScopeThatIsNoLongerAllowedNamesTheExpiry() throws Exception {
    try (RunningApplication before = start("accessTokens: {}");
        RunningApplication after = start(SETTINGS)) {
      TestToken made =
          new ServiceTokens(before.api().as("carol"))
              .create(
                  ticketed().scopes("catalog:read", "catalog:write").with("expiresInDays", "10"));
      ServiceTokens tokens = new ServiceTokens(after.api().as("carol"));
      ApiResult renewed = tokens.tryRotate(made.id(), "{}").violates("expiresAt");
      assertTrue(renewed.text().contains("the scope catalog:write"), renewed::toString);
      tokens.tryRotate(made.id(), "{\"expiresInDays\":30}").violates("expiresInDays");
      tokens.rotate(made.id(), "{\"expiresAt\":" + made.token().get("expiresAt") + "}");
    }
  }

  private static void eachViolationNamesItsField(ServiceTokens tokens) {
    tokens.create(ticketed().with("expiresInDays", "30"));
    tokens.tryCreate(ticketed().with("expiresInDays", "31")).violates("expiresInDays");
    tokens.tryCreate(ticketed().with("scopes", "[\"catalog:write\"]")).violates("scopes");
    ApiResult answer = tokens.tryCreate(good()).violates("description");
    assertTrue(answer.text().contains("must name a ticket"), answer::toString);
  }

  /** Asserts that the pattern rejects this text soon. A backtracking engine would never finish. */
  private static void noDescriptionKeepsItBusy(ServiceTokens tokens) {
    String description = "a".repeat(499) + "!";
    TimeLimits.within(
        Duration.ofSeconds(10),
        () ->
            tokens.tryCreate(good().withText("description", description)).violates("description"));
  }

  private static void noMoreAreMadeThanFit(
      RunningApplication first, RunningApplication second, String group) throws Exception {
    ServiceTokens here = new ServiceTokens(first.api().as("alice"));
    ServiceTokens there = new ServiceTokens(second.api().as("alice"));
    Race.of(PARALLEL, i -> (i % 2 == 0 ? here : there).tryCreate(good().of(group)))
        .assertSuccesses(201, MAX);
    ApiResult refused = here.tryCreate(good().of(group)).problem(409);
    assertTrue(refused.text().contains("groupEntityRef"), refused::toString);
    List<JsonObject> made = here.all("limit=500&groupEntityRef=" + group);
    assertEquals(MAX, made.size());
    here.revoke(made.get(0).getString("id"));
    there.create(good().of(group));
    there.tryCreate(good().of(group)).problem(409);
  }

  private static void limitsAreReported(RunningApplication application) {
    JsonObject limits =
        application.api().as("carol").get(PATH + "/limits?groupEntityRef=platform").ok();
    assertEquals(30, limits.getInt("maxLifetimeDays"));
    assertEquals(1, limits.getJsonArray("allowedScopes").size());
    assertEquals(1, limits.getInt("liveTokens"));
    assertEquals(MAX, limits.getInt("maxLiveTokens"));
    assertEquals("must name a ticket", limits.getString("descriptionHint"));
  }
}
