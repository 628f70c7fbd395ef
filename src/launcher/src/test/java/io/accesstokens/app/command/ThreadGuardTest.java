package io.accesstokens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.command.connector.BoundedHttpProtocol;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TestDouble;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.coyote.Adapter;
import org.junit.jupiter.api.Test;

class ThreadGuardTest {

  private final AtomicInteger halts = new AtomicInteger();

  @Test
  void processEndsWithoutThreadThatItNeeds() throws InterruptedException {
    List<String> names =
        List.of(
            "http-nio-127.0.0.1-8080-Acceptor",
            "https-jsse-nio-0.0.0.0-8443-Poller",
            "Catalina-utility-1",
            "access-tokens-log",
            "main");
    for (String name : names) {
      halts.set(0);
      List<String> lines = endThread(name, new OutOfMemoryError("Java heap space"), false);
      assertEquals(1, halts.get(), name);
      assertEquals(
          List.of("SEVERE this process ends, because the thread " + name + " has ended"), lines);
    }
  }

  @Test
  void processEndsAlsoIfNothingCanBeLogged() throws InterruptedException {
    endThread("http-nio-127.0.0.1-8080-Poller", new OutOfMemoryError("Java heap space"), true);
    assertEquals(1, halts.get());
  }

  @Test
  void processContinuesWithoutThreadOfRequest() throws InterruptedException {
    String name = "http-nio-127.0.0.1-8080-exec-1";
    List<String> lines = endThread(name, new OutOfMemoryError("Java heap space"), false);
    assertEquals(0, halts.get());
    assertEquals(List.of("SEVERE the thread " + name + " has ended"), lines);
  }

  @Test
  void processContinuesAfterExceptionOfTask() throws InterruptedException {
    endThread("access-tokens-log", new IllegalStateException("a task has failed"), false);
    assertEquals(0, halts.get());
  }

  /** Tomcat chooses most of the names of these threads. */
  @Test
  void threadsOfConnectionsAreNeeded() throws Exception {
    BoundedHttpProtocol protocol = new BoundedHttpProtocol(Duration.ofMinutes(1), 10, 1, 0);
    ScheduledExecutorService utilities = Executors.newScheduledThreadPool(1);
    protocol.setAdapter(TestDouble.of(Adapter.class, call -> null));
    protocol.setAddress(InetAddress.getLoopbackAddress());
    protocol.setPort(0);
    protocol.setUtilityExecutor(utilities);
    // The threads of another test can end late.
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    protocol.init();
    try {
      protocol.start();
      List<String> threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> !before.contains(thread))
              .map(Thread::getName)
              .filter(name -> name.startsWith("http-nio-127.0.0.1-"))
              .toList();
      assertEquals(3, threads.size(), threads::toString);
      threads.forEach(name -> assertTrue(ThreadGuard.isNeeded(name), name));
    } finally {
      protocol.stop();
      protocol.destroy();
      utilities.shutdownNow();
    }
  }

  /** Ends a thread with a failure, and returns the lines of the log. */
  private List<String> endThread(String name, Throwable failure, boolean logFails)
      throws InterruptedException {
    try (RecordedLog log = new RecordedLog(ThreadGuard.class)) {
      if (logFails) {
        log.failOnce();
      }
      Thread thread = new Thread(() -> fail(failure), name);
      thread.setUncaughtExceptionHandler(new ThreadGuard(halts::incrementAndGet));
      thread.start();
      thread.join();
      return log.lines();
    }
  }

  private static void fail(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }
}
