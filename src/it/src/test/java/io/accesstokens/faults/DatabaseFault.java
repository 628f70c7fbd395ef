package io.accesstokens.faults;

import io.accesstokens.testing.server.PatroniCluster;
import io.accesstokens.testing.server.PatroniNode;

/** A fault of the database cluster, which affects all replicas. */
enum DatabaseFault implements Fault {
  /** The standby becomes the primary server, and the primary server becomes a standby. */
  SWITCHED_OVER("switch-over", 10, 2) {
    @Override
    void happen(PatroniCluster cluster, PatroniNode primary) {
      cluster.switchOver();
    }
  },
  /**
   * All processes of the primary server are killed. Patroni starts the server again, as a standby.
   */
  POSTGRES_KILLED("primary server killed", 8, 2) {
    @Override
    void happen(PatroniCluster cluster, PatroniNode primary) {
      primary.killPostgres();
      cluster.awaitLeader(cluster.other(primary));
    }
  },
  /** The primary server and its Patroni are killed. Patroni starts again after the failover. */
  MACHINE_KILLED("primary server and its Patroni killed", 2, 0) {
    @Override
    void happen(PatroniCluster cluster, PatroniNode primary) {
      primary.killPatroni();
      primary.killPostgres();
      cluster.awaitLeader(cluster.other(primary));
      primary.startPatroni();
    }
  },
  /**
   * Only Patroni of the primary server is killed. After the failover, both servers are primary
   * servers for some seconds, until Patroni starts again.
   */
  PATRONI_KILLED("Patroni of the primary server killed", 2, 0) {
    @Override
    void happen(PatroniCluster cluster, PatroniNode primary) throws InterruptedException {
      primary.killPatroni();
      cluster.awaitLeader(cluster.other(primary));
      Thread.sleep(SPLIT_MILLIS);
      primary.startPatroni();
    }
  },
  /** The primary server and its Patroni are frozen, and resume after the failover. */
  FROZEN("primary server and its Patroni frozen, then resumed", 2, 0) {
    @Override
    void happen(PatroniCluster cluster, PatroniNode primary) {
      primary.pause();
      cluster.awaitLeader(cluster.other(primary));
      primary.resume();
    }
  },
  /** The standby is killed. Patroni starts the standby again. */
  STANDBY_KILLED("standby killed", 2, 0) {
    @Override
    void happen(PatroniCluster cluster, PatroniNode primary) {
      PatroniNode standby = cluster.other(primary);
      standby.killPostgres();
      // Until Patroni notices the kill, it reports the killed server as a synchronous standby.
      cluster.awaitLostStandby(standby);
    }
  };

  /** Time during which both servers are primary servers, in milliseconds. */
  private static final long SPLIT_MILLIS = 10_000;

  private final String text;
  private final int times;
  private final int timesInShortRun;

  DatabaseFault(String text, int times, int timesInShortRun) {
    this.text = text;
    this.times = times;
    this.timesInShortRun = timesInShortRun;
  }

  /** Returns how often the fault occurs in a run. */
  int times(boolean isLong) {
    return isLong ? times : timesInShortRun;
  }

  /**
   * Causes the fault, and returns when it has happened. The cluster may need more time to recover.
   *
   * @param primary the node that is the leader now
   */
  abstract void happen(PatroniCluster cluster, PatroniNode primary) throws InterruptedException;

  @Override
  public String toString() {
    return text;
  }
}
