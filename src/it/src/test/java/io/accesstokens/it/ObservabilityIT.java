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
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PrometheusServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
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
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests the rules and the dashboard with a Prometheus server that scrapes a busy application. */
class ObservabilityIT {

  private static final Path FOLDER = Path.of("config/observability");
  private static final Duration SCRAPED = Duration.ofMinutes(2);

  /** The alert fires after 30 seconds. */
  private static final Duration ALERTED = Duration.ofMinutes(3);

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
      assertTrue(queries.remove(failedRequestsByRoute()), "the query has no result yet");
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

  /**
   * The scrape uses the method of the shipped configuration. The alert for a lost lease exists for
   * an outage of the database, so its metric must be read during an outage.
   */
  @Test
  void outageOfTheDatabaseFiresAnAlert() throws Exception {
    try (MariaDbServer server = MariaDbServer.create()) {
      server.start();
      TestDatabase database = server.newDatabase();
      WarProcess call =
          WarProcess.inNewFolder()
              .withDatabase(database)
              .withEnvironment("ACCESSTOKENS_METRICS_ALLOWEDADDRESSES", "127.0.0.1");
      try (RunningApplication application = RunningApplication.start(call);
          PrometheusServer prometheus =
              PrometheusServer.start(call.folder(), shippedConfiguration(application.port()))) {
        Api alice = application.api().as("alice");
        Api bearer = application.api().bearer(new ServiceTokens(alice).create().rawToken());
        Awaitility.await()
            .atMost(SCRAPED)
            .until(() -> prometheus.query("up{job=\"access-tokens\"} == 1").size() == 1);
        server.stop();
        String firing = "ALERTS{alertname=\"AccessTokensLeaseLost\",alertstate=\"firing\"}";
        Awaitility.await("the alert")
            .atMost(ALERTED)
            .until(
                () -> {
                  bearer.get(WHOAMI);
                  return prometheus.query(firing).size() == 1;
                });
        // On a busy machine, one scrape can exceed its time limit of a second.
        Awaitility.await("a scrape during the outage")
            .until(() -> prometheus.query("up{job=\"access-tokens\"} == 1").size() == 1);
        // A rate needs two samples within its range, which a busy machine can delay.
        Awaitility.await("the failed requests")
            .until(
                () -> {
                  bearer.get(WHOAMI).problem(503);
                  return prometheus.query(failedRequestsByRoute()).toString().contains(WHOAMI);
                });
      }
    }
  }

  /** Returns the shipped configuration, for an application without TLS and with fast scrapes. */
  private static String shippedConfiguration(int port) throws IOException {
    String text = Files.readString(FOLDER.resolve("prometheus.yaml"));
    Map<String, String> changes =
        Map.of(
            "scrape_interval: 15s",
            "scrape_interval: 1s\n  evaluation_interval: 1s",
            "- rules.yaml",
            "- " + FOLDER.resolve("rules.yaml").toAbsolutePath(),
            "scheme: https",
            "scheme: http",
            "\"tokens-1.example.com\", \"tokens-2.example.com\"",
            "\"127.0.0.1:" + port + '"');
    for (Map.Entry<String, String> change : changes.entrySet()) {
      assertTrue(text.contains(change.getKey()), change.getKey());
      text = text.replace(change.getKey(), change.getValue());
    }
    return text;
  }

  /** Returns the only query that groups the responses 5xx by route. */
  private static String failedRequestsByRoute() throws IOException {
    List<String> found =
        queries().stream()
            .filter(query -> query.contains("by (uri, status)"))
            .filter(query -> query.contains("status=~\"5..\""))
            .toList();
    assertEquals(1, found.size(), found::toString);
    return found.get(0);
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
