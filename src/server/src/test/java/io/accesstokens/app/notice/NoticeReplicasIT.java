package io.accesstokens.app.notice;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeRouting;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills replicas at random moments while they send webhooks. */
class NoticeReplicasIT {

  private static final int NOTICES = 100;
  private static final int KILLS = 6;

  /** Maximum duration of an attempt in {@link NoticeReplica}, on a busy machine. */
  private static final Duration MAX_ATTEMPT = Duration.ofSeconds(6);

  /** A busy machine can delay the receiver after a replica has sent a notice. */
  private static final Duration RECEIVING = Duration.ofSeconds(2);

  /** Duration from which a stop of the machine is recorded. Shorter stops end no claim. */
  private static final Duration STOP = Duration.ofSeconds(1);

  /** Number of replicas, which each have one attempt at a time. */
  private static final int REPLICAS = 2;

  /** A time in which a replica was killed, or in which the machine stopped all processes. */
  private record Interruption(Instant begin, Instant end) {}

  @TempDir Path directory;

  private final Map<String, List<Instant>> received = new ConcurrentHashMap<>();
  private final List<Interruption> kills = new CopyOnWriteArrayList<>();
  private final List<Interruption> stops = new CopyOnWriteArrayList<>();
  private Instant lastWatch = Instant.now();
  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  @Test
  void eachNoticeArrivesAndOnlyInterruptedOnesArriveTwice() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    receiver.setExecutor(Executors.newCachedThreadPool());
    receiver.createContext(
        "/",
        exchange -> {
          String id = exchange.getRequestHeaders().getFirst("webhook-id");
          received.computeIfAbsent(id, key -> new CopyOnWriteArrayList<>()).add(Instant.now());
          exchange.getRequestBody().readAllBytes();
          try {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(60));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
    lastWatch = Instant.now();
    ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    var unused = watch.scheduleWithFixedDelay(this::watch, 0, 50, TimeUnit.MILLISECONDS);
    List<Process> replicas = new ArrayList<>();
    // The statements of this process must succeed, even after a stop of the machine.
    String withoutTimeouts = database.url() + "?socketTimeout=0&connectTimeout=0";
    try (ConnectionPool pool =
        ConnectionPool.open(withoutTimeouts, database.user(), database.password(), 5)) {
      Migrations.migrate(pool);
      Set<String> expected = new HashSet<>();
      NoticeRouting routing = new NoticeRouting(EnumSet.allOf(NoticeEvent.class), false);
      try (HibernateTokenStore store = new HibernateTokenStore(pool, routing)) {
        String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
        for (int i = 0; i < REPLICAS; i++) {
          replicas.add(replica(url));
        }
        for (int i = 0; i < NOTICES; i++) {
          expected.add(create(store, "n" + i));
        }
        int next = 5;
        for (int i = 0; i < KILLS; i++) {
          int wanted = next;
          await()
              .atMost(Duration.ofMinutes(2))
              .pollInterval(Duration.ofMillis(random.nextInt(20) + 1L))
              .until(() -> received.size() >= wanted);
          Process victim = replicas.remove(random.nextInt(REPLICAS));
          Instant begin = Instant.now();
          victim.destroyForcibly().waitFor();
          kills.add(new Interruption(begin, Instant.now()));
          replicas.add(replica(url));
          next = Math.min(NOTICES - 5, received.size() + 5 + random.nextInt(10));
        }
        await()
            .atMost(Duration.ofMinutes(2))
            .until(
                () ->
                    received.size() == NOTICES
                        && store.deliveries().queue(Instant.now()).length() == 0);
      }
      watch();
      String interruptions = "kills " + kills + ", stops " + stops + ", seed " + seed;
      assertEquals(expected, received.keySet(), interruptions);
      int twice = 0;
      for (Map.Entry<String, List<Instant>> entry : received.entrySet()) {
        if (entry.getValue().size() > 1) {
          twice++;
          Instant first = entry.getValue().get(0);
          assertTrue(
              Stream.concat(kills.stream(), stops.stream())
                  .anyMatch(
                      one ->
                          first.isBefore(one.end().plus(RECEIVING))
                              && one.begin().isBefore(first.plus(MAX_ATTEMPT))),
              "received " + entry.getValue() + ", " + interruptions);
        }
      }
      assertTrue(
          twice <= KILLS + REPLICAS * stops.size(),
          twice + " notices were sent twice, " + interruptions);
    } finally {
      replicas.forEach(Process::destroyForcibly);
      watch.shutdownNow();
      receiver.stop(0);
    }
  }

  /** Records a stop of the machine: an unusual time since the last call of this method. */
  private synchronized void watch() {
    Instant now = Instant.now();
    if (Duration.between(lastWatch, now).compareTo(STOP) > 0) {
      stops.add(new Interruption(lastWatch, now));
    }
    lastWatch = now;
  }

  private Process replica(String url) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            NoticeReplica.class.getName(),
            database.url(),
            database.user(),
            database.password(),
            url)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("replica-" + UUID.randomUUID() + ".log").toFile())
        .start();
  }

  /** Creates a token, and returns the id of its notice. */
  private static String create(HibernateTokenStore store, String name) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    UUID id = UUID.randomUUID();
    AuditEvent created =
        new AuditEvent(
            UUID.randomUUID(), id, AuditEvent.Type.CREATED, "user:default/alice", Map.of(), now);
    store.create(
        new ServiceToken(
            id,
            name,
            "for a test",
            "bsat_abcdefg",
            EntityRef.parseGroup("platform").orElseThrow(),
            List.of("catalog:read"),
            "user:default/alice",
            now,
            now.plus(Duration.ofDays(90)),
            null,
            null,
            null),
        TokenDigest.of(
            ByteBuffer.allocate(TokenDigest.LENGTH)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array()),
        created);
    return created.id().toString();
  }
}
