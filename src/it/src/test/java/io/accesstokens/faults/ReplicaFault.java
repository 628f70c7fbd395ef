package io.accesstokens.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** A fault of one replica. The other replicas are not affected. */
enum ReplicaFault implements Fault {
  /** The process is stopped without noticing it (SIGSTOP). */
  PAUSED("stopped by SIGSTOP, then resumed", 100, 3_000) {
    @Override
    void begin(ReplicaProcess replica, Random random) throws InterruptedException {
      replica.pause();
    }

    @Override
    void end(ReplicaProcess replica) {
      replica.resume();
    }
  },
  /** The process is killed (SIGKILL) and started again. */
  KILLED("killed by SIGKILL, then started", 100, 1_000) {
    @Override
    void begin(ReplicaProcess replica, Random random) throws InterruptedException {
      replica.kill();
    }

    @Override
    void end(ReplicaProcess replica) throws IOException, InterruptedException {
      replica.restart();
    }
  },
  /** Its database connections are reset, and so is each new one. */
  CUT_OFF("connections to the database reset", 100, 3_000) {
    @Override
    void begin(ReplicaProcess replica, Random random) {
      replica.network().cut();
    }
  },
  /** No data reaches the database or comes back; it arrives later. */
  STALLED("network to the database stands still", 100, 3_000) {
    @Override
    void begin(ReplicaProcess replica, Random random) {
      replica.network().stall();
    }
  },
  /** The database executes each statement, and the response arrives later. */
  ANSWERS_HELD("the database's answers held back", 100, 3_000) {
    @Override
    void begin(ReplicaProcess replica, Random random) {
      replica.network().holdAnswers();
    }
  },
  /** The database executes each statement, and the response never arrives. */
  ANSWERS_LOST("the database's answers lost", 100, 2_000) {
    @Override
    void begin(ReplicaProcess replica, Random random) {
      replica.network().holdAnswers();
    }

    @Override
    void end(ReplicaProcess replica) {
      replica.network().cut();
      replica.network().restore();
    }
  },
  /** Each packet is delayed in both directions. */
  DELAYED("network to the database delayed", 500, 3_000) {
    @Override
    void begin(ReplicaProcess replica, Random random) {
      replica.network().delay(Duration.ofMillis(10 + random.nextInt(290)));
    }
  },
  /** Its wall clock is set to a wrong time, and later corrected. */
  CLOCK_SHIFTED("wall clock set wrong, then right", 300, 3_000) {
    @Override
    boolean isPossibleAt(ReplicaProcess replica) {
      return replica.hasShiftableClock();
    }

    @Override
    void begin(ReplicaProcess replica, Random random) throws IOException {
      long seconds = OFFSETS[random.nextInt(OFFSETS.length)];
      replica.shiftClock(Duration.ofSeconds(random.nextBoolean() ? seconds : -seconds));
    }

    @Override
    void end(ReplicaProcess replica) throws IOException {
      replica.shiftClock(Duration.ZERO);
    }
  };

  /** From one second, as a time server corrects, to half a day, as an operator sets. */
  private static final long[] OFFSETS = {1, 5, 60, 3_600, 43_200};

  private final String text;
  private final int shortestMillis;
  private final int maxMillis;

  ReplicaFault(String text, int shortestMillis, int maxMillis) {
    this.text = text;
    this.shortestMillis = shortestMillis;
    this.maxMillis = maxMillis;
  }

  boolean isPossibleAt(ReplicaProcess replica) {
    return true;
  }

  abstract void begin(ReplicaProcess replica, Random random)
      throws IOException, InterruptedException;

  /** Ends the fault; the replica may need some time to recover. */
  void end(ReplicaProcess replica) throws IOException, InterruptedException {
    replica.network().restore();
  }

  Duration duration(Random random) {
    // Short faults are as useful as long ones, because they end at about the same time as a lease.
    double share = random.nextDouble() * random.nextDouble();
    return Duration.ofMillis(shortestMillis + (long) (share * (maxMillis - shortestMillis)));
  }

  @Override
  public String toString() {
    return text;
  }
}
