package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Metrics;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.SlowClients;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.program.JavaProcess;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests clients that send or read slowly, against {@code java -jar}. There are more slow clients
 * than server threads.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowClientsIT {

  private static final int MANY = 230;
  private static final int SHARE = 50;

  /** With this number of addresses, the connections of each address stay within its share. */
  private static final int ADDRESSES = 10;

  private static final Duration DEADLINE = Duration.ofSeconds(6);

  /** The deadline, a second for the container's poll interval, and a reserve for a busy machine. */
  private static final Duration END = DEADLINE.plusSeconds(22);

  /** The pause of the other clients. Without it, their requests would take most of the CPU time. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final int EVENTS = 30_000;

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  private RunningApplication application;

  private TestToken token;

  @BeforeAll
  void start() throws Exception {
    application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .inSeparateProcess()
                .withDatabase(database)
                .withEnvironment("ACCESSTOKENS_CORS_ALLOWEDORIGINS", CorsTopic.FRONT_END)
                .withEnvironment("ACCESSTOKENS_REQUESTS_DEADLINESECONDS", "" + DEADLINE.toSeconds())
                .withEnvironment("ACCESSTOKENS_REQUESTS_INCOMPLETEPERADDRESS", "" + SHARE));
    token = new ServiceTokens(application.api().as("alice")).create();
    application.api().bearer(token.rawToken()).get(WHOAMI).ok();
  }

  @AfterAll
  void stop() throws IOException {
    try {
      assertNothingIsLoggedForEachClient();
    } finally {
      application.close();
    }
  }

  private SlowClients clients(int count, int addresses) throws IOException {
    return SlowClients.connect(application.port(), count, addresses);
  }

  private String head(String line, String headers) {
    return line + " HTTP/1.1\r\nHost: " + application.socket().host() + "\r\n" + headers;
  }

  private String halfBody() {
    String body = good().json();
    return head(
            "POST " + PATH,
            "Authorization: Basic YWxpY2U6YWxpY2U=\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + body.length()
                + "\r\n\r\n")
        + body.substring(0, 10);
  }

  /**
   * Connects slow clients, until all are disconnected.
   *
   * @param text the text that each client sends at first
   * @param dribbles true if each client then sends some bytes again and again
   * @param check checks the responses to the slow clients
   */
  private void othersAreServedBeside(String text, boolean dribbles, Consumer<SlowClients> check)
      throws Exception {
    TimeLimits.repeatAfterStop(
        () -> {
          try (SlowClients clients = clients(MANY, ADDRESSES)) {
            clients.send(text);
            if (dribbles) {
              clients.dribble();
            }
            int beside = mostBesideWhichOthersAreServed(clients);
            check.accept(clients);
            assertTrue(
                beside >= SHARE / 2,
                () -> "others were served only beside " + beside + " slow clients");
          }
        });
  }

  /**
   * Waits until all slow clients are disconnected, and returns the maximum number of them beside
   * which other clients were served.
   */
  private int mostBesideWhichOthersAreServed(SlowClients clients) {
    AtomicInteger servedBeside = new AtomicInteger();
    Awaitility.await("the disconnection of the slow clients")
        .atMost(END)
        .pollDelay(Duration.ZERO)
        .pollInterval(PAUSE)
        .until(
            () -> {
              if (clients.open() > 0) {
                application.api().get("/health/live").expect(200);
                application.api().get("/health/ready").expect(200);
                application.api().bearer(token.rawToken()).get(WHOAMI).expect(200);
                servedBeside.accumulateAndGet(clients.open(), Math::max);
              }
              return clients.open();
            },
            open -> open == 0);
    return servedBeside.get();
  }

  /**
   * Asserts that each client got a 408 or no response. A client that continues to send can lose the
   * response when the connection is closed.
   */
  private static void areAnswered408OrClosed(SlowClients clients) {
    for (String answer : clients.answers()) {
      assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 408 "), answer);
    }
    assertTrue(clients.count("HTTP/1.1 408 ") > MANY / 2, "most answers were lost");
  }

  @Test
  void slowBodiesHoldNoThreadAndAreAnswered408() throws Exception {
    othersAreServedBeside(
        halfBody(),
        true,
        clients -> {
          areAnswered408OrClosed(clients);
          String answer = clients.answers().stream().max(String::compareTo).orElseThrow();
          assertTrue(answer.contains("Connection: close"), answer);
          assertTrue(answer.contains("application/problem+json"), answer);
        });
  }

  @Test
  void slowChunkedBodiesAreAnswered408() throws Exception {
    othersAreServedBeside(
        head("POST " + OAuthTopic.REVOKE, "Transfer-Encoding: chunked\r\n\r\n")
            + "1\r\na\r\n5000\r\n",
        true,
        SlowClientsIT::areAnswered408OrClosed);
  }

  @Test
  void slowBodiesAfterExpectContinueAreCutOff() throws Exception {
    othersAreServedBeside(
        head(
            "POST " + OAuthTopic.REVOKE,
            "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n"
                + "Content-Length: 5000\r\n\r\n"),
        true,
        clients -> {});
  }

  @Test
  void oneAddressCannotTakeAllBlockingReads() throws Exception {
    TimeLimits.repeatAfterStop(
        () ->
            assertTrue(otherAddressIsReadBesideBlockingReads(), "no response to another address"));
  }

  private boolean otherAddressIsReadBesideBlockingReads() throws IOException {
    String form =
        "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n"
            + "Content-Length: 5000\r\n\r\n";
    try (SlowClients clients = clients(MANY, 1)) {
      clients.send(head("POST " + OAuthTopic.REVOKE, form));
      clients.dribble();
      Awaitility.await().until(() -> clients.count("HTTP/1.1 503 ") > 0);
      try (Socket other = new Socket()) {
        other.bind(new InetSocketAddress("127.0.0.77", 0));
        other.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), application.port()));
        other.setSoTimeout((int) DEADLINE.toMillis());
        other
            .getOutputStream()
            .write(head("POST " + OAuthTopic.REVOKE, form).getBytes(StandardCharsets.US_ASCII));
        byte[] start = other.getInputStream().readNBytes(12);
        return new String(start, StandardCharsets.US_ASCII).equals("HTTP/1.1 100");
      } catch (SocketTimeoutException e) {
        return false;
      }
    }
  }

  /** {@link #assertNothingIsLoggedForEachClient} asserts the log at the end. */
  @Test
  void clientsThatLeaveWhileAFormIsReadAreNotLogged() throws Exception {
    for (int i = 0; i < MANY; i++) {
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
        client
            .getOutputStream()
            .write(
                head(
                        "POST " + OAuthTopic.REVOKE,
                        "Content-Type: application/x-www-form-urlencoded\r\n"
                            + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
      }
      application.api().get("/health/live").expect(200);
    }
    assertNothingIsLoggedForEachClient();
  }

  @Test
  void slowBodiesThatNoRouteReadsAreCutOff() throws Exception {
    String text = head("GET /health/live", "Content-Length: 5000000\r\n\r\n");
    othersAreServedBeside(text, true, clients -> {});
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "GET /health/live HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1000",
        "GET " + WHOAMI + " HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1000",
        "GET / HTTP/1.1\r\nContent-Length: 3000000",
        "GET /metrics HTTP/1.1\r\nContent-Length: 3000000",
        "GET /a%00b HTTP/1.1\r\nContent-Length: 1000",
        "POST /api;/access-tokens/session HTTP/1.1\r\nContent-Length: 3000000",
        "OPTIONS "
            + WHOAMI
            + " HTTP/1.1\r\nOrigin: "
            + CorsTopic.FRONT_END
            + "\r\nAccess-Control-Request-Method: GET\r\nContent-Length: 1000"
      })
  void missingBodiesBlockNoThread(String head) throws Exception {
    try (SlowClients clients = clients(5, 1)) {
      clients.send(head + "\r\nHost: " + application.socket().host() + "\r\n\r\n");
      Awaitility.await()
          .atMost(END)
          .until(() -> clients.answers().stream().noneMatch(String::isEmpty));
      String threads = JavaProcess.jcmd(application.processId(), "Thread.print");
      assertTrue(threads.contains("Poller.run"), threads);
      // Tomcat reads the rest of a body in this method.
      assertFalse(threads.contains("Http11InputBuffer.endRequest"), threads);
    }
  }

  @Test
  void discardedBodiesAreLimitedPerAddress() throws Exception {
    TimeLimits.repeatAfterStop(
        () ->
            assertTrue(
                discardedBodiesWithinTheShareAreKept(),
                "bodies within the share were cut off, or others were cut off late"));
  }

  private boolean discardedBodiesWithinTheShareAreKept() throws IOException {
    try (SlowClients clients = clients(SHARE + 10, 1)) {
      long start = System.nanoTime();
      clients.send(head("GET " + WHOAMI, "Content-Length: 5000000\r\n\r\n"));
      AtomicInteger open = new AtomicInteger();
      // Bodies of a test before can still count for a moment.
      Awaitility.await()
          .atMost(END)
          .until(
              () -> {
                open.set(clients.open());
                return open.get() <= SHARE && clients.count("HTTP/1.1 401 ") == SHARE + 10;
              });
      boolean isEarly = System.nanoTime() - start < DEADLINE.minusSeconds(1).toNanos();
      Awaitility.await().atMost(END).until(() -> clients.open() == 0);
      return isEarly && open.get() > SHARE / 2;
    }
  }

  @Test
  void lateBodyHasAnOAuthErrorWithAnotherSpellingOfThePath() throws Exception {
    try (SlowClients clients = clients(1, 1)) {
      String path = OAuthTopic.REVOKE.replace("revoke", "%72evoke");
      clients.send(head("POST " + path, "Content-Length: 10\r\n\r\n"));
      Awaitility.await().atMost(END).until(() -> clients.open() == 0);
      String answer = clients.answers().get(0);
      assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
      assertTrue(answer.contains("Content-Type: application/json"), answer);
    }
  }

  @Test
  void slowHeadsAreCutOff() throws Exception {
    othersAreServedBeside(head("GET " + WHOAMI, "X: "), true, clients -> {});
  }

  @Test
  void connectionsThatSendNothingOrBlankLinesAreCutOff() throws Exception {
    try (SlowClients silent = clients(20, 1);
        SlowClients blank = clients(20, 1)) {
      blank.dribble("\r\n");
      Awaitility.await().atMost(END).until(() -> silent.open() + blank.open() == 0);
    }
  }

  @Test
  void slowReadersAreCutOff() throws Exception {
    String text = head("GET /api/openapi.json", "\r\n").repeat(20);
    othersAreServedBeside(text, false, clients -> {});
  }

  @Test
  void slowReadersLeaveSlotsFreeIfThereAreFew() throws Exception {
    int slots = 20;
    try (RunningApplication small =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .inSeparateProcess()
                .withEnvironment("ACCESSTOKENS_REQUESTS_DEADLINESECONDS", "120")
                .withEnvironment("ACCESSTOKENS_REQUESTS_MAXCONCURRENT", "" + slots))) {
      slowReadersLeaveSlotsFree(small, slots, 1, slots * 2 / 3);
      Awaitility.await("no slot is in use")
          .until(
              () ->
                  Metrics.read(small.api().as("alice")).value("access_tokens_requests_active")
                      == 0);
      slowReadersLeaveSlotsFree(small, slots, ADDRESSES, slots / 2);
    }
  }

  private void slowReadersLeaveSlotsFree(
      RunningApplication small, int slots, int addresses, int free) throws IOException {
    try (SlowClients clients = SlowClients.connect(small.port(), 2 * slots, addresses)) {
      clients.send(head("GET /api/openapi.json", "\r\n").repeat(20));
      Awaitility.await().atMost(END).until(() -> clients.open() <= slots - free);
      assertTrue(clients.open() > 0, "slow readers within the limit were cut off");
      small.api().as("alice").get(WHOAMI).ok();
    }
  }

  @Test
  void incompleteBodiesAreLimitedPerAddress() throws Exception {
    TimeLimits.repeatAfterStop(
        () ->
            assertTrue(
                incompleteBodiesWithinTheShareAreKept(),
                "bodies within the share were cut off, or others were not"));
  }

  private boolean incompleteBodiesWithinTheShareAreKept() throws IOException {
    int beyond = 10;
    try (SlowClients clients = clients(SHARE + beyond, 1)) {
      clients.send(halfBody());
      AtomicInteger open = new AtomicInteger();
      Awaitility.await()
          .atMost(END)
          .until(
              () -> {
                open.set(clients.open());
                return open.get() <= SHARE;
              });
      new ServiceTokens(application.api().as("alice")).create(); // from another address
      Awaitility.await().atMost(END).until(() -> clients.open() == 0);
      return open.get() == SHARE
          && clients.count("HTTP/1.1 408 ") == SHARE
          && clients.count("HTTP/1.1 429 ") == beyond;
    }
  }

  @Test
  void incompleteHeadsAreLimitedPerAddress() throws Exception {
    // After the deadline, the clients within the share are disconnected too. It can pass during a
    // stop of the machine.
    TimeLimits.repeatAfterStop(() -> assertEquals(SHARE, incompleteHeadsOfOneAddress()));
  }

  private int incompleteHeadsOfOneAddress() throws IOException {
    int beyond = 30;
    try (SlowClients clients = clients(SHARE + beyond, 1)) {
      clients.send(head("GET " + WHOAMI, "X: "));
      Awaitility.await().atMost(DEADLINE).until(() -> clients.open() <= SHARE);
      int open = clients.open();
      application.api().bearer(token.rawToken()).get(WHOAMI).ok(); // from another address
      return open;
    }
  }

  @Test
  void bodyThatArrivesInPartsWithinTheDeadlineIsRead() throws Exception {
    TimeLimits.repeatAfterStop(
        () -> assertTrue(bodyThatArrivesInPartsIsRead(), "the body was not read"));
  }

  private boolean bodyThatArrivesInPartsIsRead() throws IOException {
    String body = good().json();
    try (Socket socket = application.socket().connect()) {
      String start = halfBody().replace("Content-Type", "Connection: close\r\nContent-Type");
      socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
      for (int i = 10; i < body.length(); i++) {
        socket.getOutputStream().write(body.charAt(i));
      }
      return application.socket().read(socket, "POST " + PATH).status() == 201;
    }
  }

  @Test
  void keptAliveConnectionOutlivesTheDeadline() throws Exception {
    String request = head("GET /health/live", "\r\n");
    try (Socket socket = application.socket().connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      application.socket().read(socket, "GET /health/live").expect(200);
      long idleUntil = System.nanoTime() + DEADLINE.plusSeconds(2).toNanos();
      Awaitility.await().atMost(END).until(() -> System.nanoTime() > idleUntil);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      application.socket().read(socket, "GET /health/live").expect(200);
    }
  }

  @Test
  void exportThatIsReadSteadilyIsNotCutOff() throws Exception {
    InterruptedExportIT.insert(database, token.id(), EVENTS);
    TimeLimits.repeatAfterStop(
        () ->
            assertTrue(steadilyReadExportIsComplete(), "the export was not slow, or was cut off"));
  }

  private boolean steadilyReadExportIsComplete() throws Exception {
    String request =
        head(
            "GET " + PATH + "/audit/export?format=ndjson",
            "Authorization: Basic YWxpY2U6YWxpY2U=\r\nConnection: close\r\n\r\n");
    long start = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(16_384);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), application.port()));
      socket.setSoTimeout((int) END.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] part = new byte[16_384];
      byte[] last = new byte[0];
      Duration slow = DEADLINE.multipliedBy(2);
      for (int read = in.read(part); read >= 0; read = in.read(part)) {
        last = Arrays.copyOf(part, read);
        if (System.nanoTime() - start < slow.toNanos()) {
          TimeUnit.MILLISECONDS.sleep(50); // the client under test reads slowly
        }
      }
      boolean wasSlow = System.nanoTime() - start >= slow.toNanos();
      return wasSlow && new String(last, StandardCharsets.UTF_8).endsWith("0\r\n\r\n");
    } catch (SocketException e) { // the connection was reset
      return false;
    }
  }

  /**
   * Asserts that the log has no line for each client, because clients could fill the disk that way.
   */
  private void assertNothingIsLoggedForEachClient() throws IOException {
    String log = AwaitRevocationsContract.withoutLostConnections(application.log());
    List<String> lines = log.lines().filter(line -> !line.startsWith("{")).toList();
    assertTrue(lines.size() < MANY / 2, () -> lines.size() + " lines, such as " + lines.get(9));
    assertFalse(log.contains("\tat "), application.logFile() + ": a stack trace");
  }
}
