package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Tests traces of the application with the OpenTelemetry Java agent and a collector. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracingIT {

  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String TRACE_PARENT = "00-" + TRACE_ID + "-00f067aa0ba902b7-01";

  private final TraceCollector collector = new TraceCollector();

  /** With this database, the responses to revocations are deferred. */
  private final MariaDbServer server = MariaDbServer.create();

  private @Nullable RunningApplication running;

  @BeforeAll
  void start() throws Exception {
    String agent = Objects.requireNonNull(System.getProperty("opentelemetry-agent.jar"), "agent");
    server.start();
    TestDatabase database = server.newDatabase();
    running =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .fromWar()
                .withDatabase(database)
                .withEnvironment("ACCESSTOKENS_LOG_FORMAT", "json")
                .withJvmOptions(
                    "-javaagent:" + agent,
                    "-Dotel.service.name=access-tokens",
                    "-Dotel.exporter.otlp.protocol=http/protobuf",
                    "-Dotel.exporter.otlp.endpoint=" + collector.url(),
                    "-Dotel.exporter.otlp.timeout=120000", // a busy machine can stop
                    "-Dotel.metrics.exporter=none",
                    "-Dotel.logs.exporter=none",
                    "-Dotel.bsp.schedule.delay=100"));
  }

  @AfterAll
  void stop() {
    if (running != null) {
      running.close();
    }
    server.close();
    collector.close();
  }

  private RunningApplication application() {
    return Objects.requireNonNull(running);
  }

  private Api alice() {
    return application().api().as("alice");
  }

  /** Returns the spans of a trace when its server span has arrived. */
  private List<Span> await(String traceId) {
    Awaitility.await("the server span of " + traceId)
        .until(
            () ->
                collector.trace(traceId).stream()
                    .anyMatch(span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER));
    return collector.trace(traceId);
  }

  private static Span server(List<Span> trace) {
    List<Span> servers =
        trace.stream().filter(span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER).toList();
    assertEquals(1, servers.size(), trace::toString);
    return servers.get(0);
  }

  /** Returns true if the first span is the second one or one of its descendants. */
  private static boolean isBelow(Span span, Span ancestor, List<Span> trace) {
    Map<Object, Span> byId = new HashMap<>();
    trace.forEach(one -> byId.put(one.getSpanId(), one));
    Span current = span;
    for (int i = 0; current != null && i < trace.size(); i++) {
      if (current.getSpanId().equals(ancestor.getSpanId())) {
        return true;
      }
      current = byId.get(current.getParentSpanId());
    }
    return false;
  }

  @Test
  void serverSpanHasTheRouteAndTheDatabaseSpans() {
    TestToken token = new ServiceTokens(alice()).create();
    ApiResult found =
        alice()
            .call("GET", ServiceTokens.PATH + '/' + token.id())
            .header("traceparent", TRACE_PARENT)
            .send();
    found.ok();
    assertEquals(TRACE_ID, found.headerLine("X-Request-Id"));

    List<Span> trace = await(TRACE_ID);
    Span server = server(trace);
    assertEquals(
        ServiceTokens.PATH + "/{id}",
        TraceCollector.attribute(server, "http.route").orElse(""),
        server::toString);
    List<Span> database =
        trace.stream()
            .filter(span -> TraceCollector.attribute(span, "db.system").isPresent())
            .toList();
    assertFalse(database.isEmpty(), trace::toString);
    for (Span span : database) {
      assertTrue(isBelow(span, server, trace), span::toString);
    }
  }

  @Test
  void failedRequestHasTheIdOfItsTraceInTheLogAndInTheProblem() throws Exception {
    ApiResult denied =
        application()
            .api()
            .as("dave")
            .call("GET", ServiceTokens.PATH)
            .header("X-Request-Id", "chosen-by-the-caller")
            .send()
            .problem(403);
    String id = denied.json().getString("traceId");
    assertTrue(id.matches("[0-9a-f]{32}"), id);
    assertEquals(
        "403", TraceCollector.attribute(server(await(id)), "http.response.status_code").orElse(""));
    assertLogged(id, "\"event\":\"denied\"");
  }

  @Test
  void deferredResponseKeepsTheIdOfItsTrace() throws Exception {
    TestToken token = new ServiceTokens(alice()).create();
    ApiResult revoked =
        alice()
            .call("DELETE", ServiceTokens.PATH + '/' + token.id())
            .json("{\"reason\":\"no longer needed\"}")
            .send()
            .expect(204);
    String id = revoked.headerLine("X-Request-Id");
    assertNotEquals(TRACE_ID, id);
    assertEquals(
        "204", TraceCollector.attribute(server(await(id)), "http.response.status_code").orElse(""));
    assertLogged(id, "\"event\":\"revoked\"");
  }

  /** The revocations and the other requests use the same threads. */
  @Test
  void parallelRequestsKeepTheirTraces() throws Exception {
    ServiceTokens tokens = new ServiceTokens(alice());
    int revocations = 8;
    int callers = 8;
    AtomicInteger number = new AtomicInteger();
    CountDownLatch revoking = new CountDownLatch(revocations);
    Parallel.run(
        revocations + callers,
        i -> {
          if (i < revocations) {
            try {
              for (int round = 0; round < 10; round++) {
                assertTraced(
                    number.incrementAndGet(),
                    alice()
                        .call("DELETE", ServiceTokens.PATH + '/' + tokens.create().id())
                        .json("{\"reason\":\"no longer needed\"}"));
              }
            } finally {
              revoking.countDown();
            }
          } else {
            while (revoking.getCount() > 0) {
              assertTraced(
                  number.incrementAndGet(), application().api().call("GET", "/health/live"));
            }
          }
          return true;
        });
  }

  /** Asserts that the response to a request has the id of the trace that the request belongs to. */
  private static void assertTraced(int number, Api.Call request) {
    String traceId = "4bf92f3577b34da6a3ce9292%08x".formatted(number);
    ApiResult answer =
        request.header("traceparent", "00-" + traceId + "-00f067aa0ba902b7-01").send();
    assertEquals(traceId, answer.headerLine("X-Request-Id"), answer::toString);
  }

  private void assertLogged(String id, String text) {
    // The log is written in the background.
    Awaitility.await()
        .untilAsserted(
            () -> {
              List<String> lines =
                  application().log().lines().filter(line -> line.contains(text)).toList();
              assertTrue(
                  lines.stream().anyMatch(line -> line.contains("\"traceId\":\"" + id + '"')),
                  () -> id + " not in " + lines);
            });
  }
}
