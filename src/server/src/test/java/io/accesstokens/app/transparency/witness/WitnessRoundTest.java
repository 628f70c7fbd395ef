package io.accesstokens.app.transparency.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import io.accesstokens.app.outbound.PostClient;
import io.accesstokens.app.transparency.GrowingLog;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.witness.WitnessServer;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.transparency.delivery.Cosignatures;
import io.accesstokens.transparency.delivery.TargetState;
import io.accesstokens.verify.AddressRange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WitnessRoundTest {

  private static final AddressRange LOOPBACK = AddressRange.parse("127.0.0.0/8").orElseThrow();
  private static final Duration PATIENT = Duration.ofMinutes(1);

  /** The time between two rounds, longer than all delays. */
  private static final Duration PERIOD = Duration.ofMinutes(6);

  private final GrowingLog log = new GrowingLog();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final AtomicLong nanos = new AtomicLong();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private WitnessServer server;

  @BeforeEach
  void start() throws IOException {
    server = new WitnessServer("witness.example/w1");
    server.trust(log.key().toString());
    opened.add(server);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private static Witness witness(WitnessServer server) {
    return new Witness(
        URI.create(server.url() + "/add-checkpoint"),
        VerifierKey.parse(server.verifierKey()),
        List.of(LOOPBACK));
  }

  private WitnessRound round(Duration deadline, Witness... witnesses) {
    WitnessRound round =
        new WitnessRound(
            List.of(witnesses),
            log.store(),
            log,
            new PostClient.Network(SystemDefaultDnsResolver.INSTANCE, "1"),
            clock,
            deadline,
            nanos::get);
    opened.add(round);
    return round;
  }

  /** Runs a round after all delays have passed. */
  private void run(WitnessRound round) {
    clock.shift(PERIOD);
    nanos.addAndGet(PERIOD.toNanos());
    round.run();
  }

  private TargetState state() {
    String target = witness(server).target();
    return log.states().getOrDefault(target, TargetState.initial(target));
  }

  private String problem() {
    return String.valueOf(state().problem());
  }

  @Test
  void everyCheckpointIsCosigned() {
    WitnessRound round = round(PATIENT, witness(server));
    run(round);
    assertEquals(List.of(), server.statuses(), "there is no checkpoint yet");
    for (int count : List.of(1, 2, 4, 250, 1, 300, 7)) {
      Checkpoint checkpoint = log.grow(count, "a");
      run(round);
      assertEquals(checkpoint.size(), server.cosigned(GrowingLog.ORIGIN), this::problem);
      String served =
          new Cosignatures(List.of(witness(server).key()))
              .cosign(String.valueOf(log.state().checkpoint()), log.states());
      SignedNote note = SignedNote.parse(served.getBytes(StandardCharsets.UTF_8));
      assertEquals(checkpoint, Checkpoint.verified(note, List.of(log.key())));
      assertTrue(note.cosignedAt(witness(server).key()).isPresent(), served);
    }
    assertEquals(List.of(200, 200, 200, 200, 200, 200, 200), server.statuses());
    run(round);
    assertEquals(7, server.statuses().size(), "a cosigned checkpoint is not submitted again");
    assertEquals(7, round.succeeded());
    assertEquals(0, round.failed());
  }

  @Test
  void latestCheckpointHasTheCosignaturesOfMostWitnesses() throws IOException {
    WitnessServer second = new WitnessServer("witness.example/w2");
    opened.add(second);
    Cosignatures cosignatures =
        new Cosignatures(List.of(witness(server).key(), witness(second).key()));
    assertTrue(cosignatures.latest(log.states()).isEmpty(), "none yet");
    WitnessRound round = round(PATIENT, witness(server), witness(second));
    log.grow(3, "a");
    run(round);
    SignedNote note = latest(cosignatures);
    assertEquals(2, note.signatures().size(), note::toString);
    assertEquals(
        "the witness does not know the log (404): give its operator the verifier key of the log",
        cosignatures.witnesses(log.states()).get(1).problem());
    second.trust(log.key().toString());
    log.grow(3, "a");
    run(round);
    note = latest(cosignatures);
    assertEquals(3, note.signatures().size(), note::toString);
    second.failBy(exchange -> exchange.sendResponseHeaders(500, -1));
    log.grow(1, "a");
    run(round);
    note = latest(cosignatures);
    assertEquals(7, Checkpoint.parse(note.text()).size(), note::toString);
    assertEquals(2, note.signatures().size(), note::toString);
  }

  private SignedNote latest(Cosignatures cosignatures) {
    return SignedNote.parse(
        cosignatures.latest(log.states()).orElseThrow().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void sizeOfTheWitnessIsLearnt() {
    log.grow(5, "a");
    run(round(PATIENT, witness(server)));
    log.forgetTargets();
    log.grow(5, "a");
    run(round(PATIENT, witness(server)));
    assertEquals(List.of(200, 409, 200), server.statuses());
    assertEquals(10, state().size());
    log.forgetTargets();
    run(round(PATIENT, witness(server)));
    assertEquals(List.of(200, 409, 200, 409, 200), server.statuses(), "the same size again");
  }

  @Test
  void forkIsReportedUntilTheWitnessCosignsAgain() {
    log.grow(5, "a");
    WitnessRound round = round(PATIENT, witness(server));
    run(round);
    log.restore();
    log.grow(9, "b");
    run(round);
    assertEquals(List.of(200, 422), server.statuses());
    assertTrue(state().forked(), this::problem);
    assertTrue(problem().contains("does not extend the tree with 5 entries"), this::problem);
    server.failBy(exchange -> exchange.sendResponseHeaders(503, -1));
    run(round);
    assertTrue(state().forked(), "after another failure");
    assertTrue(problem().contains("does not extend"), this::problem);
    assertEquals(1, round.forks());
    server.failBy(null);
    log.restore();
    log.grow(12, "a");
    run(round);
    assertFalse(state().forked(), this::problem);
    run(round);
    assertEquals(0, round.forks());
  }

  @Test
  void logThatWasShortenedIsAFork() {
    log.grow(10, "a");
    WitnessRound round = round(PATIENT, witness(server));
    run(round);
    log.restore();
    log.grow(5, "a");
    run(round);
    assertTrue(state().forked(), this::problem);
    assertTrue(
        problem().contains("cosigned a tree with 10 entries, but the log has only 5"),
        this::problem);
  }

  @Test
  void otherTreeOfTheSameSizeIsAFork() {
    Checkpoint checkpoint = log.grow(4, "a");
    server.setLatest(GrowingLog.ORIGIN, checkpoint.size(), new byte[32]);
    run(round(PATIENT, witness(server)));
    assertEquals(List.of(409, 422), server.statuses());
    assertTrue(state().forked(), this::problem);
  }

  /** Version 1.0 of the specification requires 409 here. A later draft has 422. */
  @Test
  void conflictAboutTheSizeOfTheCheckpointIsAFork() throws IOException {
    log.grow(4, "a");
    for (String body : List.of("", "4\n")) {
      WitnessServer other = new WitnessServer("witness.example/w1");
      opened.add(other);
      AtomicInteger calls = new AtomicInteger();
      other.failBy(
          exchange -> {
            String answered = calls.incrementAndGet() == 1 ? "4\n" : body;
            send(exchange, 409, answered.getBytes(StandardCharsets.UTF_8));
          });
      run(round(PATIENT, witness(other)));
      assertEquals(2, calls.get(), "the second call has the size of the checkpoint");
      TargetState state = Objects.requireNonNull(log.states().get(witness(other).target()));
      assertTrue(state.forked(), () -> "" + state);
    }
  }

  @Test
  void unknownLogAndUnknownKeyAreProblemsButNoForks() throws IOException {
    WitnessServer other = new WitnessServer("witness.example/w1");
    opened.add(other);
    log.grow(4, "a");
    run(round(PATIENT, witness(other)));
    assertEquals(List.of(404), other.statuses());
    other.trust(new GrowingLog().key().toString());
    run(round(PATIENT, witness(other)));
    assertEquals(List.of(404, 403), other.statuses());
    TargetState state = Objects.requireNonNull(log.states().get(witness(other).target()));
    assertTrue(String.valueOf(state).contains("403"), () -> "" + state);
    assertFalse(state.forked(), () -> "" + state);
    assertEquals(2, state.failures());
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Test
  void uselessResponsesAreProblems() {
    log.grow(4, "a");
    WitnessRound round = round(PATIENT, witness(server));
    String foreign = "\u2014 witness.example/w9 " + "A".repeat(100) + "\n";
    record Useless(int status, String body, String problem) {}
    for (Useless one :
        List.of(
            new Useless(200, "", "no cosignature of the configured key"),
            new Useless(200, "<html>hello</html>\n", "not a valid cosignature"),
            new Useless(200, "\n\n\n", "not a valid cosignature"),
            new Useless(200, foreign, "no cosignature of the configured key"),
            new Useless(200, foreign.repeat(200), "not a valid cosignature"),
            new Useless(200, "x".repeat(10_000_000), "too long"),
            new Useless(409, "many\n", "no size"),
            new Useless(409, "-1\n", "no size"),
            new Useless(409, "2\n", "different sizes"),
            new Useless(422, "", "422 to a first checkpoint"),
            new Useless(302, "", "responded with 302"),
            new Useless(500, "", "responded with 500"))) {
      server.failBy(
          exchange -> send(exchange, one.status(), one.body().getBytes(StandardCharsets.UTF_8)));
      run(round);
      assertTrue(problem().contains(one.problem()), () -> one.problem() + ": " + problem());
      assertFalse(state().forked(), this::problem);
      assertEquals(0, state().size(), this::problem);
      assertTrue(problem().length() <= TargetState.MAX_PROBLEM, this::problem);
    }
    server.failBy(null);
    run(round);
    assertEquals(4, state().size(), this::problem);
  }

  @Test
  void cosignatureOfAnotherKeyOfTheSameNameIsNotKept() throws IOException {
    WitnessServer other = new WitnessServer("witness.example/w1");
    opened.add(other);
    other.trust(log.key().toString());
    log.grow(4, "a");
    Witness confused =
        new Witness(
            URI.create(other.url() + "/add-checkpoint"), witness(server).key(), List.of(LOOPBACK));
    run(round(PATIENT, confused));
    assertTrue(problem().contains("no cosignature of the configured key"), this::problem);
  }

  @Test
  void slowWitnessEndsAtTheDeadline() {
    CountDownLatch end = new CountDownLatch(1);
    opened.add(end::countDown);
    server.failBy(
        exchange -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    log.grow(4, "a");
    run(round(Duration.ofMillis(200), witness(server)));
    assertTrue(problem().startsWith("no response within"), this::problem);
    assertTrue(state().nextAt().isAfter(clock.instant()), "a delay");
    end.countDown();
  }

  @Test
  void rowsThatTheServiceHasNotWrittenSilenceNoWitness() {
    log.grow(4, "a");
    WitnessRound round = round(PATIENT, witness(server));
    run(round);
    log.restore();
    log.grow(9, "b");
    String note = String.valueOf(log.state().checkpoint());
    TargetState row = state();
    log.save(
        new TargetState(
            row.target(), 9, note, null, false, 0, clock.instant().plus(Duration.ofDays(3_650))));
    run(round);
    assertEquals(List.of(200, 409, 422), server.statuses(), "no cosignature, and a late time");
    assertTrue(state().forked(), this::problem);
  }

  @Test
  void witnessThatFailsFallsBehind() {
    log.grow(4, "a");
    WitnessRound round = round(PATIENT, witness(server));
    run(round);
    run(round);
    assertEquals(Duration.ZERO, round.lag(), "cosigned everything");
    server.failBy(exchange -> exchange.sendResponseHeaders(500, -1));
    log.grow(4, "a");
    run(round);
    assertEquals(PERIOD, round.lag());
    run(round);
    assertEquals(PERIOD.multipliedBy(2), round.lag());
  }

  @Test
  void noWitnessFallsBehindAnEmptyLog() {
    WitnessRound round = round(PATIENT, witness(server));
    run(round);
    run(round);
    assertEquals(Duration.ZERO, round.lag());
  }

  @Test
  void noWitnessFallsBehindDuringAnOutage() {
    log.grow(4, "a");
    WitnessRound round = round(PATIENT, witness(server));
    run(round);
    server.failBy(exchange -> exchange.sendResponseHeaders(500, -1));
    log.grow(4, "a");
    run(round);
    run(round);
    assertEquals(PERIOD, round.lag());
    log.setAvailable(false);
    for (int i = 0; i < 2; i++) {
      assertThrows(StoreUnavailableException.class, () -> run(round));
      assertEquals(PERIOD, round.lag());
    }
    log.setAvailable(true);
    run(round);
    assertEquals(PERIOD.multipliedBy(2), round.lag(), "without the outage");
  }

  @Test
  void oneProcessAtATimeAsks() {
    log.grow(4, "a");
    WitnessRound first = round(PATIENT, witness(server));
    WitnessRound second = round(PATIENT, witness(server));
    run(first);
    second.run();
    log.grow(4, "a");
    second.run();
    first.run();
    assertEquals(List.of(200), server.statuses(), "the interval has not passed");
    run(second);
    first.run();
    assertEquals(List.of(200, 200), server.statuses());
  }

  @Test
  void privateAddressIsRefused() {
    log.grow(4, "a");
    run(
        round(
            PATIENT,
            new Witness(
                URI.create(server.url() + "/add-checkpoint"), witness(server).key(), List.of())));
    assertTrue(problem().contains("the address is not public"), this::problem);
    assertEquals(List.of(), server.statuses());
  }
}
