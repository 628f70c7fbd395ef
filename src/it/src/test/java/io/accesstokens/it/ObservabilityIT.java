package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.Exchanges;
import io.accesstokens.testing.client.Metrics;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.PrometheusServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests the rules and the dashboard with a Prometheus server that scrapes a busy application. */
class ObservabilityIT {

  private static final Path FOLDER = Path.of("config/observability");
  private static final Duration SCRAPED = Duration.ofSeconds(60);

  @Test
  void rulesPassTheirChecks() {
    assertPasses("check", "rules", "--lint-fatal", FOLDER.resolve("rules.yaml").toString());
    assertPasses("test", "rules", FOLDER.resolve("rules-test.yaml").toString());
    assertPasses("check", "config", "--syntax-only", FOLDER.resolve("prometheus.yaml").toString());
  }

  private static void assertPasses(String... arguments) {
    PrometheusServer.Outcome outcome = PrometheusServer.promtool("", arguments);
    assertEquals(0, outcome.exitCode(), outcome::output);
  }

  @Test
  void eachQueryOfTheDashboardHasAResult() throws Exception {
    int port = RunningApplication.freePort();
    WarProcess call =
        WarProcess.inNewFolder()
            .withDataDirectory()
            .withEnvironment("ACCESSTOKENS_MANAGEMENT_PORT", String.valueOf(port));
    try (RunningApplication application = RunningApplication.start(call);
        PrometheusServer prometheus =
            PrometheusServer.start(call.folder(), port, FOLDER.resolve("rules.yaml"))) {
      Awaitility.await()
          .atMost(SCRAPED)
          .until(
              () -> {
                use(application);
                return prometheus.query("count_over_time(up{job=\"access-tokens\"}[1m]) > 5").size()
                    == 1;
              });
      List<String> queries = queries();
      assertTrue(queries.size() > 30, () -> "expected more queries than " + queries);
      for (String query : queries) {
        // A rate needs two samples within its range, which a busy machine can delay.
        Awaitility.await("a result of " + query).until(() -> !prometheus.query(query).isEmpty());
      }
      for (JsonValue group : prometheus.ruleGroups()) {
        for (JsonValue rule : group.asJsonObject().getJsonArray("rules")) {
          JsonObject state = rule.asJsonObject();
          assertNotEquals("err", state.getString("health"), state::toString);
          prometheus.query(state.getString("query")); // fails if the query is wrong
        }
      }
      metricsPassTheLinter(port);
    }
  }

  private static void use(RunningApplication application) {
    Api api = application.api();
    ServiceTokens tokens = new ServiceTokens(api.as("alice"));
    TestToken token = tokens.create();
    api.bearer(token.rawToken()).get(WHOAMI).ok();
    tokens.revoke(token.id());
    api.bearer(token.rawToken()).get(WHOAMI).problem(401);
    api.as("dave").get(PATH).problem(403);
    api.get("/nothing").expect(404);
    BrowserSession.signIn(api, "bob", "bob");
  }

  private static void metricsPassTheLinter(int port) {
    Api management = new Api(URI.create("http://127.0.0.1:" + port), new Exchanges());
    PrometheusServer.Outcome outcome =
        PrometheusServer.promtool(
            management.get(Metrics.PATH).expect(200).text(), "check", "metrics");
    assertEquals("", outcome.output());
    assertEquals(0, outcome.exitCode(), "exit code");
  }

  /** Returns the queries of all panels, with values for Grafana's variables. */
  private static List<String> queries() throws IOException {
    List<String> queries = new ArrayList<>();
    try (JsonReader reader =
        Json.createReader(Files.newBufferedReader(FOLDER.resolve("dashboard.json")))) {
      for (JsonValue panel : reader.readObject().getJsonArray("panels")) {
        JsonArray targets = panel.asJsonObject().getJsonArray("targets");
        if (targets != null) {
          for (JsonValue target : targets) {
            queries.add(
                target
                    .asJsonObject()
                    .getString("expr")
                    .replace("$__rate_interval", "1m")
                    .replace("$instance", ".*"));
          }
        }
      }
    }
    return queries;
  }
}
