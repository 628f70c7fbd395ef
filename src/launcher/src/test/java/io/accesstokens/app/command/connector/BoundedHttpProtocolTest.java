package io.accesstokens.app.command.connector;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TestDouble;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Adapter;
import org.apache.coyote.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundedHttpProtocolTest {

  private static final int TIMEOUT_MILLIS = 60_000;

  private final ScheduledExecutorService utilities = Executors.newScheduledThreadPool(1);
  private final BoundedHttpProtocol protocol =
      new BoundedHttpProtocol(Duration.ofMinutes(1), 10, 1, 0);

  private void start(TestDouble.Handler adapter) throws Exception {
    protocol.setAdapter(TestDouble.of(Adapter.class, adapter));
    protocol.setAddress(InetAddress.getLoopbackAddress());
    protocol.setPort(0);
    protocol.setUtilityExecutor(utilities);
    protocol.init();
    protocol.start();
  }

  @AfterEach
  void stop() throws Exception {
    protocol.stop();
    protocol.destroy();
    utilities.shutdownNow();
  }

  @Test
  void sweepContinuesAfterAFailure() throws Exception {
    CountDownLatch sweeps = new CountDownLatch(2);
    try (RequestExecutor requests =
        new RequestExecutor("requests", 1) {
          @Override
          int running() {
            sweeps.countDown();
            throw new IllegalStateException("the sweep fails");
          }
        }) {
      protocol.setExecutor(requests);
      start(call -> null);
      assertTrue(sweeps.await(1, TimeUnit.MINUTES), "the sweep has ended");
    }
  }

  /** The protocol allows ten incomplete requests of one address. */
  @Test
  void logHasTheAddressOfAClosedConnection() throws Exception {
    List<Socket> clients = new ArrayList<>();
    try (RecordedLog log = new RecordedLog(ConnectionSweep.class)) {
      start(call -> null);
      for (int i = 0; i < 11; i++) {
        clients.add(connect(protocol.getLocalPort()));
      }
      await().atMost(1, TimeUnit.MINUTES).until(() -> !log.lines().isEmpty());
      assertEquals(
          List.of(
              "WARNING closed 1 connections whose clients sent or read too slowly, the last one of"
                  + " 127.0.0.1; see accessTokens.requests"),
          log.lines());
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  /** The protocol has one thread, and allows no more connections than this test opens. */
  @Test
  void requestsThatWaitForAThreadAreServedAfterTheServerStopsListening() throws Exception {
    CountDownLatch serving = new CountDownLatch(1);
    CountDownLatch mayRespond = new CountDownLatch(1);
    protocol.setMaxConnections(2);
    start(
        call -> {
          if (call.name().equals("service")) {
            serving.countDown();
            mayRespond.await();
            ((Response) call.argument(1)).setContentLength(0);
          }
          return null;
        });
    int port = protocol.getLocalPort();
    try (Socket running = connect(port);
        Socket waiting = connect(port)) {
      send(running);
      assertTrue(serving.await(1, TimeUnit.MINUTES), "the request is not processed");
      send(waiting);
      await().until(() -> protocol.waitingRequests() == 1);
      assertEquals(2, protocol.requestsInFlight(), "requests in flight");

      protocol.stopListening();
      assertThrows(ConnectException.class, () -> connect(port).close());
      mayRespond.countDown();
      String first = assertServed(running);
      assertFalse(first.contains("Connection: close"), first);
      assertClosed(waiting, assertServed(waiting));
      // The response to the running request has left its connection open.
      await("an idle connection is no request").until(() -> protocol.requestsInFlight() == 0);
      send(running);
      assertClosed(running, assertServed(running));
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private static void send(Socket socket) throws IOException {
    String request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads a response without a body. */
  private static String assertServed(Socket socket) throws IOException {
    StringBuilder response = new StringBuilder();
    int next = 0;
    while (next >= 0 && response.indexOf("\r\n\r\n") < 0) {
      next = socket.getInputStream().read();
      response.append((char) next);
    }
    assertTrue(response.toString().startsWith("HTTP/1.1 200"), response::toString);
    return response.toString();
  }

  private static void assertClosed(Socket socket, String response) throws IOException {
    assertTrue(response.contains("Connection: close"), response);
    assertEquals(-1, socket.getInputStream().read(), "the connection is still open");
  }
}
