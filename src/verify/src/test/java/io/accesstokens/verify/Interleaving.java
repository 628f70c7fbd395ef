package io.accesstokens.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs actors step by step; at any time, only one of them moves. A random generator with a given
 * seed chooses the next actor and when the clock advances. A schedule can therefore be repeated.
 *
 * <p>When an actor gives way, its thread chooses the next actor. A separate thread for this choice
 * would need more thread switches.
 */
final class Interleaving {

  /** The work of one actor. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /**
   * Ends an actor when the schedule is over. This class extends {@link Error}, because the product
   * would catch an exception.
   */
  private static final class Over extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final int MAX_STEPS = 1_500;
  private static final ThreadLocal<Actor> CURRENT = new ThreadLocal<>();
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "actor");
            thread.setDaemon(true);
            return thread;
          });

  private final class Actor {
    private final Work work;
    private final boolean endless;
    private final double weight;
    private final Semaphore permit = new Semaphore(0);
    private BooleanSupplier condition = () -> true;
    private boolean ended;

    Actor(Work work, boolean endless, double weight) {
      this.work = work;
      this.endless = endless;
      this.weight = weight;
    }

    void live() {
      CURRENT.set(this);
      permit.acquireUninterruptibly();
      try {
        if (!over) {
          work.run();
        }
      } catch (Over e) {
        // The schedule is over.
      } catch (Throwable e) {
        failure = e;
      } finally {
        CURRENT.remove();
        ended = true;
        pass();
      }
    }

    void giveWay() {
      // Conditions of other actors run here as outside an actor.
      CURRENT.remove();
      pass();
      permit.acquireUninterruptibly();
      CURRENT.set(this);
      if (over) {
        throw new Over();
      }
    }
  }

  private final Random random;
  private final List<Actor> actors = new ArrayList<>();
  private final Semaphore end = new Semaphore(0);
  private final double weightOfTime;
  private boolean over;
  private @Nullable Throwable failure;
  private int steps;
  private long now;

  Interleaving(long seed) {
    random = new Random(seed);
    weightOfTime = weight();
  }

  /** Returns a random speed. In each schedule, different actors are slow. */
  private double weight() {
    return Math.pow(2, -random.nextInt(7));
  }

  /** Adds an actor that must finish before the schedule is over. */
  void actor(Work work) {
    actors.add(new Actor(work, false, weight()));
  }

  /** Adds an actor that runs until the schedule is over. */
  void endless(Work work) {
    actors.add(new Actor(work, true, weight()));
  }

  /** Returns a number from 0 (inclusive) to the bound (exclusive). */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Returns the time in milliseconds. */
  long now() {
    return now;
  }

  /** Lets other actors move. Does nothing outside an actor. */
  void step() {
    Actor actor = CURRENT.get();
    if (actor != null) {
      actor.giveWay();
    }
  }

  /** Waits until the condition is true. */
  void await(BooleanSupplier condition) {
    Actor actor = CURRENT.get();
    if (actor == null) {
      throw new IllegalStateException("only an actor can wait");
    }
    actor.condition = condition;
    actor.giveWay();
    actor.condition = () -> true;
  }

  /** Runs until all actors are done, or for a maximum number of steps. */
  void run() {
    for (Actor actor : actors) {
      THREADS.execute(actor::live);
    }
    pass();
    end.acquireUninterruptibly();
    over = true;
    for (Actor actor : actors) {
      while (!actor.ended) {
        actor.permit.release();
        end.acquireUninterruptibly();
      }
    }
    if (failure != null) {
      throw new AssertionError("an actor failed", failure);
    }
  }

  private boolean isDone() {
    return actors.stream().allMatch(actor -> actor.ended || actor.endless);
  }

  /** Lets the next actor move, or ends the schedule. */
  private void pass() {
    Actor next = null;
    try {
      next = over ? null : next();
    } catch (Throwable e) {
      failure = e;
    }
    (next == null ? end : next.permit).release();
  }

  /** Returns the next actor to move; null at the end of the schedule. */
  private @Nullable Actor next() {
    Actor next = null;
    while (next == null && steps < MAX_STEPS && failure == null && !isDone()) {
      steps++;
      next = draw();
      if (next == null) {
        now++;
      }
    }
    return next;
  }

  /** Returns a random actor that can move; null if the clock advances. */
  private @Nullable Actor draw() {
    List<Actor> ready =
        actors.stream().filter(actor -> !actor.ended && actor.condition.getAsBoolean()).toList();
    double sum = weightOfTime + ready.stream().mapToDouble(actor -> actor.weight).sum();
    double drawn = random.nextDouble() * sum;
    for (Actor actor : ready) {
      drawn -= actor.weight;
      if (drawn < 0) {
        return actor;
      }
    }
    return null;
  }
}
