package io.accesstokens.faults;

import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.Tile;
import io.accesstokens.log.TileReader;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.token.audit.AuditEvent;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * Judges the transparency log at the end of a run: each event is in the log once, the events of one
 * token are in their order, and the log extends each checkpoint that was seen.
 */
final class LogJudge {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final Duration HOPELESS = Duration.ofSeconds(60);

  private static final String PENDING = "service_access_token_audit_log where log_index is null";

  private final ReplicaGroup replicas;
  private final LogObserver observer;
  private final Findings findings;

  LogJudge(ReplicaGroup replicas, LogObserver observer, Findings findings) {
    this.replicas = replicas;
    this.observer = observer;
    this.findings = findings;
  }

  /**
   * Waits until all events are in the log, and verifies the log. The clients and the faults must
   * have ended, and the observer must still run.
   */
  void judge() throws Exception {
    try (Connection connection = replicas.database().connect()) {
      long begin = System.nanoTime();
      long size = awaitComplete(replicas.database().sql());
      await("a checkpoint that covers all events", () -> isCovered(size));
      long took = replicas.all().get(0).condition().nanosSince(begin);
      findings.log().completed(took);
      if (took > BOUND.toNanos()) {
        violated(
            InvariantViolation.Kind.NOT_RECOVERED,
            "the log was complete %d s after the last fault"
                .formatted(TimeUnit.NANOSECONDS.toSeconds(took)));
      }
      observer.stop();
      List<LogEntry> entries = verifiedEntries();
      compareWithRows(connection, entries);
      Map<String, List<LogEntry>> byChange = new HashMap<>();
      for (LogEntry entry : entries) {
        byChange
            .computeIfAbsent(Ledger.key(entry.tokenId(), entry.event()), first -> new ArrayList<>())
            .add(entry);
      }
      for (String problem : findings.ledger().notLoggedOnce(byChange)) {
        violated(InvariantViolation.Kind.NOT_LOGGED_ONCE, problem);
      }
      measure(byChange);
    }
  }

  /** Returns the number of entries when each event has an index. */
  private static long awaitComplete(Sql sql) throws SQLException {
    await("all events in the log", () -> sql.count(PENDING) == 0);
    return sql.number("select tree_size from access_token_log");
  }

  private boolean isCovered(long size) {
    return size == 0 || observer.coveredAt(size - 1).isPresent();
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(HOPELESS)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }

  /** Returns all entries, verified with the latest checkpoint and with all that were seen. */
  private List<LogEntry> verifiedEntries() throws IOException {
    LogClient client = replicas.all().get(0).log();
    Map<Tile, byte[]> known = new HashMap<>();
    TileReader reader = tile -> known.computeIfAbsent(tile, client::read);
    byte[] latest = client.checkpoint().answer().expect(200).bytes();
    LogVerifier verifier = new LogVerifier(reader, latest, observer.keys());
    List<byte[]> seen = observer.notes();
    seen.forEach(verifier::verifyExtends);
    List<LogEntry> entries = new ArrayList<>();
    verifier.verifyEntries(entries::add, count -> {});
    for (String problem : verifier.problems()) {
      violated(InvariantViolation.Kind.WRONG_LOG, problem);
    }
    findings.log().verified(entries.size(), seen.size());
    return entries;
  }

  /**
   * Compares the entries with the rows of the audit log, in the order of their numbers. Ignores
   * events that were logged after the entries were read. Requests without a response cause such
   * events.
   */
  private void compareWithRows(Connection connection, List<LogEntry> entries) throws SQLException {
    Set<String> ids = new HashSet<>();
    for (LogEntry entry : entries) {
      if (!ids.add(entry.id())) {
        violated(InvariantViolation.Kind.NOT_LOGGED_ONCE, "twice in the log: " + entry);
      }
    }
    long rows = 0;
    Map<String, Long> latest = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select id, token_id, log_index, event from service_access_token_audit_log"
                    + " where log_index < "
                    + entries.size()
                    + " order by seq")) {
      while (row.next()) {
        rows++;
        String id = row.getString(1);
        long index = row.getLong(3);
        if (!entries.get((int) index).id().equals(id)) {
          violated(
              InvariantViolation.Kind.NOT_LOGGED_ONCE,
              "the event %s is not the entry %d".formatted(id, index));
        }
        // Only changes of a token wait for each other.
        if (!row.getString(4).equals(AuditEvent.Type.ENDED_SECRET_USED.text())) {
          Long before = latest.put(row.getString(2), index);
          if (before != null && before >= index) {
            violated(
                InvariantViolation.Kind.WRONG_LOG,
                "the event %s has the index %d, after %d".formatted(id, index, before));
          }
        }
      }
    }
    if (rows != entries.size()) {
      violated(
          InvariantViolation.Kind.NOT_LOGGED_ONCE,
          "%d events, but %d entries".formatted(rows, entries.size()));
    }
  }

  /** Measures the time from each response until a checkpoint covered its event. */
  private void measure(Map<String, List<LogEntry>> byChange) {
    findings
        .ledger()
        .answeredAt()
        .forEach(
            (change, answeredAt) -> {
              List<LogEntry> entries = byChange.getOrDefault(change, List.of());
              if (entries.size() == 1) {
                measure(answeredAt, entries.get(0).logIndex());
              }
            });
  }

  private void measure(long answeredAt, long index) {
    OptionalLong coveredAt = observer.coveredAt(index);
    if (coveredAt.isPresent()) {
      long covered = coveredAt.getAsLong();
      boolean undisturbed =
          replicas.all().stream()
              .allMatch(replica -> replica.condition().undisturbedBetween(answeredAt, covered));
      findings.log().covered(Math.max(0, covered - answeredAt), undisturbed);
    }
  }

  private void violated(InvariantViolation.Kind kind, String description) {
    findings.violated(new InvariantViolation(kind, description));
  }
}
