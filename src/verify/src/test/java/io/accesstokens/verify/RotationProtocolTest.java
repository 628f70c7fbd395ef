package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.verify.SimulatedSecrets.Committed;
import io.accesstokens.verify.SimulatedSecrets.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Interleaves rotations, ends of secrets and a revocation of one token with verifications at
 * random. The product's classes verify and cache. {@link SimulatedSecrets} changes the token.
 *
 * <ul>
 *   <li>A secret is not accepted in a request that begins after the response to its end.
 *   <li>A secret is not accepted in a request that begins after its grace period.
 *   <li>A secret is accepted until one of these ends begins.
 *   <li>Without any one of the rules, the product's classes violate one of these properties. So
 *       these schedules do find such mistakes.
 * </ul>
 */
class RotationProtocolTest {

  private static final int SCHEDULES = 300;
  private static final int MAX_SCHEDULES = 20_000;
  private static final int MAX_CLOCK_DIFFERENCE = 40;
  private static final Lease.Durations DURATIONS =
      new Lease.Durations(Duration.ofMillis(6), Duration.ofMillis(1), Duration.ZERO);
  private static final Set<RotationRule> ALL = EnumSet.allOf(RotationRule.class);

  /** The rule that only a process without a lease needs. */
  private static final Set<RotationRule> SINGLE =
      EnumSet.of(RotationRule.SECRETS_THAT_ENDED_BEFORE);

  private static final class VerifyingProcess {
    private final ProductNode node;

    /** The longest read of the feed, which limits how exactly the database's clock is known. */
    private long longestPoll;

    VerifyingProcess(ProductNode node) {
      this.node = node;
    }
  }

  /** One schedule. */
  private static final class World {
    private final Interleaving steps;
    private final Set<RotationRule> rules;
    private final SimulatedStore store;
    private final SimulatedSecrets secrets;
    private final boolean many;
    private final List<VerifyingProcess> processes = new ArrayList<>();

    /** The secrets that a client knows. */
    private final Set<Integer> issued = new TreeSet<>(Set.of(1));

    /** The secrets that ended before a response. */
    private final Set<Integer> promisedDead = new TreeSet<>();

    /** The ends of grace periods, by secret, that a response has reported. */
    private final Map<Integer, Long> promisedUntil = new HashMap<>();

    private Optional<String> mistake = Optional.empty();
    private int accepted;
    private int refused;

    /**
     * @param many true for several processes, each of which polls, and whose changes wait before
     *     they return; false for one process, whose changes return immediately
     */
    World(long seed, Set<RotationRule> rules, boolean many) {
      this.steps = new Interleaving(seed);
      this.rules = rules;
      this.many = many;
      this.store = new SimulatedStore(steps, true, 2, DURATIONS.length());
      this.secrets = new SimulatedSecrets(steps, store, rules);
    }

    private boolean has(RotationRule rule) {
      return rules.contains(rule);
    }

    World run() {
      for (int i = 0; i < (many ? 2 : 1); i++) {
        VerifyingProcess process = process();
        processes.add(process);
        if (many) {
          steps.endless(() -> poll(process));
        }
        steps.actor(() -> verify(process));
        steps.actor(() -> verify(process));
      }
      int changes = 2 + steps.below(3);
      for (int i = 0; i < changes; i++) {
        int kind = steps.below(6);
        VerifyingProcess process = processes.get(steps.below(processes.size()));
        steps.actor(() -> change(process, kind));
      }
      steps.run();
      return this;
    }

    private VerifyingProcess process() {
      long skew = many ? steps.below(2 * MAX_CLOCK_DIFFERENCE) - MAX_CLOCK_DIFFERENCE : 0;
      UnaryOperator<ChangeFeed.Page> received =
          has(RotationRule.DATABASE_TIME)
              ? UnaryOperator.identity()
              : page -> withTime(page, steps.now() + skew);
      return new VerifyingProcess(
          new ProductNode(
              steps,
              many ? DURATIONS : null,
              secrets::facts,
              skew,
              after -> received.apply(store.page(after))));
    }

    private static ChangeFeed.Page withTime(ChangeFeed.Page page, long millis) {
      return new ChangeFeed.Page(
          page.lastNumber(),
          page.nonceAtPosition(),
          page.entries(),
          page.complete(),
          page.server(),
          Instant.ofEpochMilli(millis),
          page.lease(),
          page.withheld());
    }

    private void poll(VerifyingProcess process) {
      while (true) {
        long begun = steps.now();
        process.node.poll();
        process.longestPoll = Math.max(process.longestPoll, steps.now() - begun);
        steps.step();
      }
    }

    private void waitAtRandom() {
      long from = steps.now() + steps.below(12);
      steps.await(() -> steps.now() >= from);
    }

    private void change(VerifyingProcess process, int kind) {
      waitAtRandom();
      switch (kind) {
        case 0, 1, 2 -> rotate(process);
        case 3 -> end(process, Rows::withoutPrevious);
        case 4 -> endByBearer(process);
        default -> end(process, Rows::asRevoked);
      }
    }

    private void rotate(VerifyingProcess process) {
      int secret = secrets.mint();
      long grace = steps.below(4) * 10L;
      boolean onFirstUse = steps.below(2) == 0;
      long until = grace == 0 ? 0 : steps.now() + grace;
      Committed done =
          end(process, rows -> rows.revoked() ? rows : rows.rotated(secret, until, onFirstUse));
      if (done.changed()) {
        issued.add(secret);
        if (done.previous() != 0) {
          promisedUntil.put(done.previous(), done.previousUntil());
        }
      }
    }

    /** Ends the previous secret for a client that has just found it to be the previous secret. */
    private void endByBearer(VerifyingProcess process) {
      int bearer = secrets.rows().previous();
      steps.step();
      if (bearer != 0) {
        end(
            process,
            rows ->
                rows.previous() == bearer || !has(RotationRule.BEARERS_END_THEIR_OWN_SECRET)
                    ? rows.withoutPrevious()
                    : rows,
            rows -> rows.previous() == bearer ? rows.withoutPrevious() : rows);
      }
    }

    private Committed end(VerifyingProcess process, UnaryOperator<Rows> change) {
      return end(process, change, change);
    }

    /**
     * Changes the secrets, evicts them, and waits until the change is final.
     *
     * @param intended computes the rows that the change should have as its result
     */
    private Committed end(
        VerifyingProcess process, UnaryOperator<Rows> change, UnaryOperator<Rows> intended) {
      Committed done = secrets.change(change, intended);
      steps.step();
      done.evicted().forEach(process.node::evict);
      if (many && (done.changed() || has(RotationRule.REPEATED_ENDS_WAIT))) {
        long end = steps.now() + DURATIONS.untilFinal().toMillis();
        steps.await(() -> steps.now() >= end);
      }
      promisedDead.addAll(done.dead());
      return done;
    }

    private void verify(VerifyingProcess process) {
      for (int i = 0; i < 6; i++) {
        waitAtRandom();
        List<Integer> known = List.copyOf(issued);
        int number = known.get(steps.below(known.size()));
        boolean dead = promisedDead.contains(number);
        Long until = promisedUntil.get(number);
        long begun = steps.now();
        Verification verdict = process.node.verify(secrets.secret(number));
        long inexact = many ? process.longestPoll + 1 : 0;
        if (verdict instanceof Verification.Accepted accept) {
          accepted++;
          if (dead) {
            mistake = Optional.of("secret " + number + " accepted after its end was answered");
          }
          if (until != null && begun >= until + inexact) {
            mistake = Optional.of("secret " + number + " accepted after its grace period");
          }
          if (accept.secret().endsPrevious()) {
            endByFirstUse(process, number);
          }
        } else {
          refused++;
          boolean over =
              secrets.until(number).map(end -> steps.now() >= end - inexact).orElse(false);
          if (!over && !secrets.mayBeEnded(number)) {
            mistake = Optional.of("secret " + number + " refused while it is valid");
          }
        }
      }
    }

    private void endByFirstUse(VerifyingProcess process, int used) {
      steps.step();
      end(
          process,
          rows ->
              rows.endsOnFirstUse()
                      && (rows.current() == used
                          || !has(RotationRule.FIRST_USE_OF_THE_CURRENT_SECRET))
                  ? rows.withoutPrevious()
                  : rows,
          rows -> rows.endsOnFirstUse() && rows.current() == used ? rows.withoutPrevious() : rows);
    }
  }

  @Test
  void secretsEndFinallyAcrossProcesses() {
    explore(true);
  }

  @Test
  void secretsEndFinallyInOneProcess() {
    explore(false);
  }

  /** Returns the seeds that reveal each missing rule, and more. */
  private static long[] seeds() {
    return LongStream.concat(
            Arrays.stream(RotationRule.values()).mapToLong(RotationRule::witness),
            LongStream.range(0, SCHEDULES))
        .toArray();
  }

  private static void explore(boolean many) {
    int accepted = 0;
    int refused = 0;
    for (long seed : seeds()) {
      World world = new World(seed, ALL, many).run();
      assertEquals(Optional.empty(), world.mistake, "seed " + seed);
      accepted += world.accepted;
      refused += world.refused;
    }
    assertTrue(
        accepted > SCHEDULES && refused > SCHEDULES,
        "accepted " + accepted + ", refused " + refused);
  }

  @ParameterizedTest
  @EnumSource(RotationRule.class)
  void everyRuleIsNeeded(RotationRule rule) {
    EnumSet<RotationRule> others = EnumSet.complementOf(EnumSet.of(rule));
    OptionalLong found = OptionalLong.empty();
    for (long seed = rule.witness();
        seed < rule.witness() + MAX_SCHEDULES && found.isEmpty();
        seed++) {
      if (new World(seed, others, !SINGLE.contains(rule)).run().mistake.isPresent()) {
        found = OptionalLong.of(seed);
      }
    }
    assertTrue(found.isPresent(), "without " + rule + " no schedule shows a mistake");
  }
}
