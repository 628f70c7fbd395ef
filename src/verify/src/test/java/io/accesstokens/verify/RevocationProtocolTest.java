package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RecordedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Interleaves the steps of processes on one store at random. No token may be accepted in a request
 * that begins after the response to its revocation.
 *
 * <ul>
 *   <li>The product's classes fulfil that.
 *   <li>A sketch of the protocol also fulfils it.
 *   <li>The sketch violates it when any one of its rules is omitted. So these schedules do find
 *       such mistakes.
 * </ul>
 */
class RevocationProtocolTest {

  private static final int SCHEDULES = 300;
  private static final int MAX_SCHEDULES = 20_000;

  /** The smallest seed of a schedule in which a page with a full lease is used too late. */
  private static final long SHARED_READ_WITNESS = 8_837;

  private static final Lease.Durations DURATIONS =
      new Lease.Durations(Duration.ofMillis(6), Duration.ofMillis(1), Duration.ZERO);

  /** The smallest seed of a schedule in which the extra time of an outage is used too late. */
  private static final long OUTAGE_WITNESS = 92;

  /** Durations that accept cached tokens while the store cannot be reached. */
  private static final Lease.Durations WITH_OUTAGE =
      new Lease.Durations(DURATIONS.length(), DURATIONS.margin(), Duration.ofMillis(5));

  private static final Set<ProtocolRule> ALL = EnumSet.allOf(ProtocolRule.class);

  private static final RawToken TOKEN = mint(1);
  private static final RawToken OTHER = mint(2);
  private static final RawToken THIRD = mint(3);

  /** Keeps the failures of the simulated reads out of the output. */
  private final RecordedLog log = new RecordedLog(FeedFollower.class);

  @AfterEach
  void closeLog() {
    log.close();
  }

  private static RawToken mint(long seed) {
    return RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new Random(seed));
  }

  /** One schedule. */
  private static final class World {
    private final Interleaving steps;
    private final Set<ProtocolRule> rules;
    private final SimulatedStore store;
    private final boolean burst;
    private @Nullable SharedFeed shared;
    private Lease.Durations durations = DURATIONS;
    private Duration untilFinal = DURATIONS.untilFinal();
    private boolean begun;
    private boolean returned;
    private boolean tooLate;
    private boolean tooEarly;
    private int accepted;
    private int refused;

    /**
     * @param burst true if other tokens are revoked right before, so that pages are cut
     */
    World(long seed, Set<ProtocolRule> rules, boolean burst) {
      this.burst = burst;
      this.steps = new Interleaving(seed);
      this.rules = rules;
      this.store =
          new SimulatedStore(
              steps,
              rules.contains(ProtocolRule.NUMBERS_UNDER_THE_COUNTERS_LOCK),
              1,
              DURATIONS.length());
    }

    /** Lets the verifiers share the reads of one process. */
    World sharing(boolean shortens) {
      shared = new SharedFeed(steps, store, DURATIONS.length().toMillis() / 2, shortens);
      return this;
    }

    /**
     * Lets reads of the feed fail or last long. Cached tokens are accepted nevertheless for some
     * time.
     *
     * @param waits true if a revocation also waits for that time
     */
    World withOutages(boolean waits) {
      durations = WITH_OUTAGE;
      untilFinal = waits ? durations.untilFinal() : durations.untilFinalRemotely();
      return this;
    }

    /** Runs several processes; each polls, and a revocation waits before it returns. */
    World many(boolean product) {
      SimulatedNode first = node(product, null);
      SimulatedNode second = node(product, null);
      List<SimulatedNode> nodes = new ArrayList<>(List.of(first, second));
      if (!rules.contains(ProtocolRule.NO_FEED_FROM_MEMORY)) {
        nodes.add(node(product, (SketchedNode) first));
      }
      for (SimulatedNode node : nodes) {
        steps.endless(
            () -> {
              while (true) {
                node.poll();
                steps.step();
              }
            });
        steps.actor(() -> check(node));
        steps.actor(() -> check(node));
      }
      steps.actor(
          () -> {
            if (burst) {
              steps.await(() -> store.isRevoked(THIRD.digest()));
            }
            begun = true;
            store.revoke(TOKEN.digest());
            first.evict(TOKEN.digest());
            returnLater();
          });
      steps.actor(
          () -> {
            store.revoke(OTHER.digest());
            second.evict(OTHER.digest());
            if (burst) {
              store.revoke(THIRD.digest());
            }
          });
      steps.actor(
          () -> {
            steps.await(() -> store.isRevoked(TOKEN.digest()));
            if (rules.contains(ProtocolRule.REPEATED_REVOKES_WAIT)) {
              returnLater();
            } else {
              returned = true;
            }
          });
      steps.run();
      return this;
    }

    /** Runs one process, in which a revocation returns immediately. */
    World single(boolean product) {
      SimulatedNode node =
          product
              ? new ProductNode(steps, store, null)
              : new SketchedNode(steps, store, rules, 0, null);
      steps.actor(() -> check(node));
      steps.actor(() -> check(node));
      steps.actor(
          () -> {
            begun = true;
            if (rules.contains(ProtocolRule.EVICT_AFTER_THE_COMMIT)) {
              store.revoke(TOKEN.digest());
              node.evict(TOKEN.digest());
            } else {
              node.evict(TOKEN.digest());
              store.revoke(TOKEN.digest());
            }
            steps.step();
            returned = true;
          });
      steps.run();
      return this;
    }

    private SimulatedNode node(boolean product, @Nullable SketchedNode relay) {
      return product
          ? new ProductNode(steps, store, durations, shared == null ? this::page : shared::read)
          : new SketchedNode(steps, store, rules, DURATIONS.length().toMillis(), relay);
    }

    private ChangeFeed.Page page(ChangeFeed.@Nullable Position after) {
      if (durations.outage().isZero()) {
        return store.page(after);
      }
      delay();
      if (steps.below(5) == 0) {
        throw new VerificationUnavailableException("an outage");
      }
      ChangeFeed.Page page = store.page(after);
      delay();
      return page;
    }

    private void delay() {
      long end = steps.now() + (steps.below(5) == 0 ? steps.below(12) : 0);
      steps.await(() -> steps.now() >= end);
    }

    private void returnLater() {
      long end = steps.now() + untilFinal.toMillis();
      steps.await(() -> steps.now() >= end);
      returned = true;
    }

    private void check(SimulatedNode node) {
      for (int i = 0; i < 5; i++) {
        long from = steps.now() + steps.below(8);
        steps.await(() -> steps.now() >= from);
        boolean promised = returned;
        try {
          if (node.accepts(TOKEN)) {
            accepted++;
            tooLate |= promised;
          } else {
            refused++;
            tooEarly |= !begun;
          }
        } catch (VerificationUnavailableException e) {
          // The token is neither accepted nor refused.
        }
      }
    }
  }

  @Test
  void productRevokesFinallyAcrossProcesses() {
    explore(seed -> new World(seed, ALL, seed % 2 == 1).many(true));
  }

  @Test
  void productRevokesFinallyInOutages() {
    explore(seed -> new World(seed, ALL, seed % 2 == 1).withOutages(true).many(true));
  }

  @Test
  void revocationsMustWaitForTheExtraTimeOfOutages() {
    assertTrue(
        LongStream.range(OUTAGE_WITNESS, OUTAGE_WITNESS + MAX_SCHEDULES)
            .anyMatch(seed -> new World(seed, ALL, false).withOutages(false).many(true).tooLate),
        "without the wait no revoked token is accepted");
  }

  @Test
  void productRevokesFinallyIfVerifiersShareReads() {
    explore(seed -> new World(seed, ALL, seed % 2 == 1).sharing(true).many(true));
  }

  @Test
  void sharedReadsNeedShorterLeases() {
    OptionalLong found =
        LongStream.range(SHARED_READ_WITNESS, SHARED_READ_WITNESS + MAX_SCHEDULES)
            .filter(seed -> new World(seed, ALL, false).sharing(false).many(true).tooLate)
            .findFirst();
    assertTrue(found.isPresent(), "with full leases no revoked token is accepted");
    World same = new World(found.getAsLong(), ALL, false).sharing(true).many(true);
    assertFalse(same.tooLate, "the shorter lease does not prevent the use");
  }

  @Test
  void productRevokesFinallyInOneProcess() {
    explore(seed -> new World(seed, ALL, false).single(true));
  }

  @Test
  void sketchRevokesFinallyAcrossProcesses() {
    explore(seed -> new World(seed, ALL, seed % 2 == 1).many(false));
  }

  @Test
  void sketchRevokesFinallyInOneProcess() {
    explore(seed -> new World(seed, ALL, false).single(false));
  }

  /** Returns the seeds that reveal each missing rule, and more. */
  private static long[] seeds() {
    return LongStream.concat(
            Arrays.stream(ProtocolRule.values()).mapToLong(ProtocolRule::witness),
            LongStream.range(0, SCHEDULES))
        .toArray();
  }

  private static void explore(LongFunction<World> schedules) {
    int accepted = 0;
    int refused = 0;
    for (long seed : seeds()) {
      World world = schedules.apply(seed);
      assertEquals(false, world.tooLate, "accepted after the revocation returned, seed " + seed);
      assertEquals(false, world.tooEarly, "a valid token was refused, seed " + seed);
      accepted += world.accepted;
      refused += world.refused;
    }
    assertTrue(
        accepted > SCHEDULES && refused > SCHEDULES,
        "accepted " + accepted + ", refused " + refused);
  }

  @ParameterizedTest
  @EnumSource(ProtocolRule.class)
  void everyRuleIsNeeded(ProtocolRule rule) {
    EnumSet<ProtocolRule> others = EnumSet.complementOf(EnumSet.of(rule));
    boolean single = rule == ProtocolRule.EVICT_AFTER_THE_COMMIT;
    OptionalLong found = OptionalLong.empty();
    for (long seed = rule.witness();
        seed < rule.witness() + MAX_SCHEDULES && found.isEmpty();
        seed++) {
      World world = new World(seed, others, rule == ProtocolRule.CUT_PAGES_RENEW_NOTHING);
      if ((single ? world.single(false) : world.many(false)).tooLate) {
        found = OptionalLong.of(seed);
      }
    }
    assertTrue(found.isPresent(), "without " + rule + " no revoked token is accepted");
  }
}
