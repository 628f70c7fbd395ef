package io.accesstokens.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** What can befall one replica. The others go on undisturbed. */
enum Fault {
  /** It stands still, and does not know it (SIGSTOP). */
  PAUSED("stopped by SIGSTOP, then resumed", 100, 3_000) {
    @Override
    void begin(Replica replica, Random random) throws InterruptedException {
      replica.pause();
    }

    @Override
    void end(Replica replica) {
      replica.resume();
    }
  },
  /** It dies (SIGKILL) and is started again. */
  KILLED("killed by SIGKILL, then started", 100, 1_000) {
    @Override
    void begin(Replica replica, Random random) throws InterruptedException {
      replica.kill();
    }

    @Override
    void end(Replica replica) throws IOException, InterruptedException {
      replica.restart();
    }
  },
  /** Its connections to the database are reset, and so is each new one. */
  CUT_OFF("connections to the database reset", 100, 3_000) {
    @Override
    void begin(Replica replica, Random random) {
      replica.network().cut();
    }
  },
  /** Nothing gets through to the database or back; it arrives later. */
  STALLED("network to the database stands still", 100, 3_000) {
    @Override
    void begin(Replica replica, Random random) {
      replica.network().stall();
    }
  },
  /** What it asks of the database is done, and the answer comes later. */
  ANSWERS_HELD("the database's answers held back", 100, 3_000) {
    @Override
    void begin(Replica replica, Random random) {
      replica.network().holdAnswers();
    }
  },
  /** What it asks of the database is done, and the answer never comes. */
  ANSWERS_LOST("the database's answers lost", 100, 2_000) {
    @Override
    void begin(Replica replica, Random random) {
      replica.network().holdAnswers();
    }

    @Override
    void end(Replica replica) {
      replica.network().cut();
      replica.network().restore();
    }
  },
  /** Each piece takes its time to the database, and back. */
  DELAYED("network to the database delayed", 500, 3_000) {
    @Override
    void begin(Replica replica, Random random) {
      replica.network().delay(Duration.ofMillis(10 + random.nextInt(290)));
    }
  },
  /** Its wall clock is set to some other time, and later set right. */
  CLOCK_SHIFTED("wall clock set wrong, then right", 300, 3_000) {
    @Override
    boolean isPossibleAt(Replica replica) {
      return replica.hasShiftableClock();
    }

    @Override
    void begin(Replica replica, Random random) throws IOException {
      long seconds = OFFSETS[random.nextInt(OFFSETS.length)];
      replica.shiftClock(Duration.ofSeconds(random.nextBoolean() ? seconds : -seconds));
    }

    @Override
    void end(Replica replica) throws IOException {
      replica.shiftClock(Duration.ZERO);
    }
  };

  /** From a second that a time server corrects to half a day that an operator sets. */
  private static final long[] OFFSETS = {1, 5, 60, 3_600, 43_200};

  private final String text;
  private final int shortestMillis;
  private final int longestMillis;

  Fault(String text, int shortestMillis, int longestMillis) {
    this.text = text;
    this.shortestMillis = shortestMillis;
    this.longestMillis = longestMillis;
  }

  boolean isPossibleAt(Replica replica) {
    return true;
  }

  /** Begins it. */
  abstract void begin(Replica replica, Random random) throws IOException, InterruptedException;

  /** Ends it; the replica may need some time to recover then. */
  void end(Replica replica) throws IOException, InterruptedException {
    replica.network().restore();
  }

  /** For how long it should be on. */
  Duration duration(Random random) {
    // Short ones are as telling as long ones: they end about when a lease does.
    double share = random.nextDouble() * random.nextDouble();
    return Duration.ofMillis(shortestMillis + (long) (share * (longestMillis - shortestMillis)));
  }

  @Override
  public String toString() {
    return text;
  }
}
