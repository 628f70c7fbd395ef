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
 * Runs actors of which only one moves at any time, from one step to its next; who that is, and when
 * the clock moves on, is drawn from a seed. So a schedule can be run again.
 */
final class Interleaving {

  /** What an actor does. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /** Ends an actor when the schedule is over. Not an exception, which the product would catch. */
  private static final class Over extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final int MOST_STEPS = 1_500;
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
    private final Semaphore turn = new Semaphore(0);
    private BooleanSupplier condition = () -> true;
    private boolean ended;

    Actor(Work work, boolean endless, double weight) {
      this.work = work;
      this.endless = endless;
      this.weight = weight;
    }

    void live() {
      CURRENT.set(this);
      turn.acquireUninterruptibly();
      try {
        if (!over) {
          work.run();
        }
      } catch (Over e) {
        // As it should.
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
      turn.acquireUninterruptibly();
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

  /** Some are much slower than others, each time others. */
  private double weight() {
    return Math.pow(2, -random.nextInt(7));
  }

  /** One without which the schedule is not over. */
  void actor(Work work) {
    actors.add(new Actor(work, false, weight()));
  }

  /** One that goes on for ever. */
  void endless(Work work) {
    actors.add(new Actor(work, true, weight()));
  }

  /** A number from 0 to below a bound. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Milliseconds. */
  long now() {
    return now;
  }

  /** Lets others move. Does nothing outside of actors. */
  void step() {
    Actor actor = CURRENT.get();
    if (actor != null) {
      actor.giveWay();
    }
  }

  /** Moves on when something is true. */
  void await(BooleanSupplier condition) {
    Actor actor = CURRENT.get();
    if (actor == null) {
      throw new IllegalStateException("only an actor can wait");
    }
    actor.condition = condition;
    actor.giveWay();
    actor.condition = () -> true;
  }

  /** Runs until all are done, or for a number of steps. */
  void run() {
    for (Actor actor : actors) {
      THREADS.execute(actor::live);
    }
    for (int steps = 0; steps < MOST_STEPS && failure == null && !isDone(); steps++) {
      move();
    }
    over = true;
    for (Actor actor : actors) {
      while (!actor.ended) {
        actor.turn.release();
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
        actor.turn.release();
        scheduler.acquireUninterruptibly();
        return;
      }
    }
    now++;
  }
}
