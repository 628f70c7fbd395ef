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
        scheduler.release();
      }
    }

    void giveWay() {
      scheduler.release();
      permit.acquireUninterruptibly();
      if (over) {
        throw new Over();
      }
    }
  }

  private final Random random;
  private final List<Actor> actors = new ArrayList<>();
  private final Semaphore scheduler = new Semaphore(0);
  private final double weightOfTime;
  private boolean over;
  private @Nullable Throwable failure;
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
    for (int steps = 0; steps < MAX_STEPS && failure == null && !isDone(); steps++) {
      move();
    }
    over = true;
    for (Actor actor : actors) {
      while (!actor.ended) {
        actor.permit.release();
        scheduler.acquireUninterruptibly();
      }
    }
    if (failure != null) {
      throw new AssertionError("an actor failed", failure);
    }
  }

  private boolean isDone() {
    return actors.stream().allMatch(actor -> actor.ended || actor.endless);
  }

  private void move() {
    List<Actor> ready =
        actors.stream().filter(actor -> !actor.ended && actor.condition.getAsBoolean()).toList();
    double sum = weightOfTime + ready.stream().mapToDouble(actor -> actor.weight).sum();
    double drawn = random.nextDouble() * sum;
    for (Actor actor : ready) {
      drawn -= actor.weight;
      if (drawn < 0) {
        actor.permit.release();
        scheduler.acquireUninterruptibly();
        return;
      }
    }
    now++;
  }
}
