package io.accesstokens.it;

import static io.accesstokens.testing.client.PersonalTokens.request;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.newName;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.MintFlowClient;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.ShiftableClock;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests mint flows with several replicas, restarts and timeouts. */
class MintFlowIT {

  private static final int AT_ONCE = 12;

  private static WarProcess replica(TestDatabase database) {
    return WarProcess.inNewFolder()
        .withEnvironment("ACCESSTOKENS_PUBLICURL", "http://127.0.0.1:8080")
        .withDatabase(database);
  }

  /** A stop of the machine can outlast a code, or cause a 503 for the request that succeeds. */
  @Test
  void anyReplicaContinuesAFlowAndOneRedeemsIt() throws Exception {
    TimeLimits.repeatAfterStop(MintFlowIT::continueAndRedeemFlows);
  }

  private static void continueAndRedeemFlows() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    try (RunningApplication first =
            RunningApplication.start(replica(database).inSeparateProcess());
        RunningApplication second = RunningApplication.start(replica(database))) {
      BrowserSession here = BrowserSession.signIn(first.api(), "dave", "dave").on(first.api());
      BrowserSession there = here.on(second.api());
      MintFlowClient flow = MintFlowClient.start(here, request(newName()));
      String back = flow.in(there).decided("allow");
      List<ApiResult> returns =
          Parallel.run(AT_ONCE, i -> flow.in(i % 2 == 0 ? here : there).navigate(back));
      List<ApiResult> good = returns.stream().filter(MintFlowClient::hasCode).toList();
      assertOne(good);
      String code = MintFlowClient.code(good.get(0));
      onlyDigestsAreStored(database, flow, code);
      List<ApiResult> pickedUp =
          Parallel.run(AT_ONCE, i -> flow.in(i % 2 == 0 ? there : here).pickUp(code));
      List<ApiResult> created =
          pickedUp.stream().filter(response -> response.status() == 201).toList();
      assertOne(created);
      pickedUp.stream()
          .filter(response -> response.status() != 201)
          .forEach(response -> response.problem(404));
      TestToken made = TestToken.of(created.get(0), first.exchanges());
      second.api().bearer(made.rawToken()).get(WHOAMI).ok();

      MintFlowClient undecided = MintFlowClient.start(there, request(newName()));
      MintFlowClient allowed = MintFlowClient.start(there, request(newName()));
      String last = allowed.allowed();
      first.kill();
      try (RunningApplication again = first.restart()) {
        BrowserSession same = here.on(again.api());
        allowed.in(same).pickUp(last).expect(201);
        undecided.in(same).pickUp(undecided.in(same).allowed()).expect(201);
      }
      second.stop(); // the log is complete
      for (String secret : List.of(flow.state(), flow.verifier(), code, last)) {
        TimeLimits.assertAlways(!second.log().contains(secret), () -> "a secret is in the log");
      }
    }
  }

  /** Asserts that one of several concurrent requests succeeded. */
  private static void assertOne(List<ApiResult> succeeded) {
    TimeLimits.assertAlways(succeeded.size() <= 1, () -> succeeded.size() + " requests succeeded");
    assertEquals(1, succeeded.size());
  }

  private static void onlyDigestsAreStored(TestDatabase database, MintFlowClient flow, String code)
      throws Exception {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select * from personal_token_mint_flows")) {
      int found = 0;
      while (rows.next()) {
        found++;
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          String value = String.valueOf(rows.getString(i));
          String column = rows.getMetaData().getColumnName(i);
          for (String secret : List.of(flow.state(), flow.verifier(), code)) {
            TimeLimits.assertAlways(
                !value.contains(secret), () -> "a secret is in the column " + column);
          }
        }
      }
      assertEquals(1, found);
    }
  }

  @Test
  void flowExpires() throws Exception {
    WarProcess process = WarProcess.inNewFolder().withDataDirectory();
    ShiftableClock clock = ShiftableClock.in(process.folder());
    try (RunningApplication application = RunningApplication.start(clock.usedBy(process))) {
      BrowserSession dave =
          BrowserSession.signIn(application.api(), "dave", "dave").on(application.api());
      MintFlowClient undecided = MintFlowClient.start(dave, request(newName()));
      MintFlowClient allowed = MintFlowClient.start(dave, request(newName()));
      String back = allowed.decided("allow");
      String code = MintFlowClient.start(dave, request(newName())).allowed();
      clock.shift(Duration.ofSeconds(62));
      assertEquals("expired", MintFlowClient.error(allowed.navigate(back)));
      undecided.pickUp(code).problem(404);
      undecided.consent().ok();
      clock.shift(Duration.ofMinutes(11));
      undecided.consent().problem(404);
      undecided.decide("allow").problem(404);
      assertEquals(
          MintFlowClient.CONSENT_PAGE + "?error=expired",
          undecided.authorize().expect(302).headerLine("Location"));
      assertEquals(
          0, new PersonalTokens(application.api().as("dave")).list("limit=0").getInt("total"));
    }
  }

  @Test
  void flowsAreNotFoundIfPersonalTokensAreDisabled() throws Exception {
    WarProcess off =
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_PERSONAL_ENABLED", "false");
    try (RunningApplication application = RunningApplication.start(off)) {
      BrowserSession dave =
          BrowserSession.signIn(application.api(), "dave", "dave").on(application.api());
      dave.post(MintFlowClient.PATH, request(newName())).problem(404);
      dave.get(MintFlowClient.CALLBACK).problem(404);
      dave.get(MintFlowClient.AUTHORIZE).expect(404);
      dave.get(MintFlowClient.CONSENT + "00000000-0000-4000-8000-000000000000").problem(404);
    }
  }
}
