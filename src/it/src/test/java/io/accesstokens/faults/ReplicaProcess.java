package io.accesstokens.faults;

import io.accesstokens.testing.TcpProxy;
import io.accesstokens.testing.client.KeepAliveClient;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.ShiftableClock;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** One process of the application, which reaches its database through a network of its own. */
final class ReplicaProcess implements AutoCloseable {

  /** Longer than any timeout of the application. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final String ENCRYPTION_KEY = Base64.getEncoder().encodeToString(new byte[32]);

  private static final MachineStops STOPS = MachineStops.start();

  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(3);

  private final String name;
  private final Optional<TcpProxy> network;
  private final Optional<ShiftableClock> clock;
  private final Condition condition = new Condition(STOPS);
  private final List<Path> logs = new CopyOnWriteArrayList<>();
  private final KeepAliveClient client;
  private volatile RunningApplication application;

  private ReplicaProcess(
      String name,
      Optional<TcpProxy> network,
      Optional<ShiftableClock> clock,
      RunningApplication application) {
    this.name = name;
    this.network = network;
    this.clock = clock;
    this.application = application;
    this.client = new KeepAliveClient(() -> this.application.port(), TIMEOUT);
    logs.add(application.logFile());
  }

  /** Starts a replica, and returns when it is ready. */
  static ReplicaProcess start(
      String name, DatabaseServer server, TestDatabase database, boolean shiftable)
      throws IOException, InterruptedException {
    TcpProxy network = TcpProxy.to(server.port());
    String url = database.url().replace(":" + server.port() + "/", ":" + network.port() + "/");
    WarProcess process = process(new TestDatabase(url, database.user(), database.password()));
    Optional<ShiftableClock> clock = Optional.empty();
    if (shiftable) {
      ShiftableClock own = ShiftableClock.in(process.folder());
      process = own.usedBy(process);
      clock = Optional.of(own);
    }
    return new ReplicaProcess(name, Optional.of(network), clock, RunningApplication.start(process));
  }

  /** Starts a replica that reaches its database directly. Returns when it is ready. */
  static ReplicaProcess start(String name, TestDatabase database)
      throws IOException, InterruptedException {
    return new ReplicaProcess(
        name, Optional.empty(), Optional.empty(), RunningApplication.start(process(database)));
  }

  private static WarProcess process(TestDatabase database) {
    return WarProcess.inNewFolder()
        .inSeparateProcess()
        .withDatabase(database)
        .withEnvironment("ACCESSTOKENS_CLUSTER_REPLICAS", "many")
        .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWTOKENMANAGEMENT", "true")
        // One user makes all changes of a run.
        .withEnvironment("ACCESSTOKENS_RATELIMITS_SERVICETOKENCHANGESPERMINUTE", "0")
        // Without this key, there is no transparency log.
        .withEnvironment("ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY", ENCRYPTION_KEY);
  }

  String name() {
    return name;
  }

  Condition condition() {
    return condition;
  }

  /** Returns the network between the replica and the database. Not for a direct connection. */
  TcpProxy network() {
    return network.orElseThrow();
  }

  RunningApplication application() {
    return application;
  }

  /** Returns the replica as a verifier of tokens. */
  Verifier verifier() {
    return new HttpVerifier(name, client, ServiceTokens.WHOAMI, condition);
  }

  /** Returns the replica as a service that manages tokens, with a token that can do so. */
  TokenServiceClient service(String managingToken) {
    return new TokenServiceClient(name, client, "Bearer " + managingToken, condition);
  }

  /** Returns the transparency log as this replica serves it. */
  LogClient log() {
    return new LogClient(client);
  }

  /** Returns the logs of all runs of the replica, in their order. */
  List<Path> logs() {
    return List.copyOf(logs);
  }

  boolean isReady() {
    try {
      return client.call("GET", "/health/ready", null, null).answer().status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Stops the process by a signal, and returns when it is stopped. */
  void pause() {
    application.pause();
  }

  void resume() {
    application.resume();
  }

  void kill() throws InterruptedException {
    application.kill();
  }

  /** Starts the replica again after {@link #kill}, on another port. */
  void restart() throws IOException, InterruptedException {
    application = application.restart();
    logs.add(application.logFile());
  }

  boolean hasShiftableClock() {
    return clock.isPresent();
  }

  /**
   * Sets the wall clock to the correct time plus an offset, and waits until the replica uses it.
   */
  void shiftClock(Duration offset) throws IOException {
    clock.orElseThrow().shift(offset);
    long end = System.nanoTime() + TIMEOUT.toNanos();
    Duration off = offBy(offset);
    // The server renders its Date header (RFC 9110, section 6.6.1) once a second.
    while (off.compareTo(CLOCK_TOLERANCE) > 0) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("the clock of " + name + " is off by " + off);
      }
      off = offBy(offset);
    }
  }

  private Duration offBy(Duration offset) throws IOException {
    String date =
        client.call("GET", "/health/live", null, null).answer().header("Date").orElseThrow();
    Instant shown = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    return Duration.between(Instant.now().plus(offset), shown).abs();
  }

  @Override
  public void close() throws IOException {
    application.close();
    client.close();
    if (network.isPresent()) {
      network.get().close();
    }
  }
}
