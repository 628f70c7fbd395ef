package io.accesstokens.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The changes that were confirmed. The database must still contain these changes and their audit
 * events at the end of a run, and the transparency log must contain each of them once. Safe for use
 * by many threads.
 */
final class Ledger {

  private final Set<String> created = ConcurrentHashMap.newKeySet();
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> answeredAt = new ConcurrentHashMap<>();
  private final Map<String, Integer> repeatable = new ConcurrentHashMap<>();

  void created(String id) {
    created.add(id);
    answered(id, "created");
  }

  void revoked(String id) {
    revoked.add(id);
    answered(id, "revoked");
  }

  private void answered(String id, String event) {
    answeredAt.putIfAbsent(key(id, event), System.nanoTime());
  }

  /** Records the response to a rotation of a token. A token can be rotated several times. */
  void rotated(String id) {
    repeatable.merge(key(id, "rotated"), 1, Integer::sum);
  }

  /** Returns the key of an event in the maps of this class and of {@link #notLoggedOnce}. */
  static String key(String tokenId, String event) {
    return tokenId + ' ' + event;
  }

  /**
   * Returns the times when the creations and revocations were answered first. Each of them has
   * exactly one audit event.
   */
  Map<String, Long> answeredAt() {
    return Map.copyOf(answeredAt);
  }

  /**
   * Compares the confirmed changes with the entries of the transparency log.
   *
   * @param entries the entries by {@link #key}
   * @return one line for each change that does not have exactly one entry; for each token that has
   *     fewer entries than answered rotations
   */
  List<String> notLoggedOnce(Map<String, ? extends List<?>> entries) {
    List<String> problems = new ArrayList<>();
    for (String change : answeredAt.keySet()) {
      int found = entries.containsKey(change) ? entries.get(change).size() : 0;
      require(found == 1, "%s: %d entries".formatted(change, found), problems);
    }
    repeatable.forEach(
        (change, answers) -> {
          int found = entries.containsKey(change) ? entries.get(change).size() : 0;
          require(
              found >= answers,
              "%s: %d entries, %d answers".formatted(change, found, answers),
              problems);
        });
    return problems;
  }

  /**
   * Compares the confirmed changes with the database.
   *
   * @return one line for each change or audit event that the database lacks
   */
  List<String> missing(Connection connection) throws SQLException {
    Map<String, Boolean> tokens = new HashMap<>();
    Set<String> events = new HashSet<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row =
          statement.executeQuery("select id, revoked_at from service_access_tokens")) {
        while (row.next()) {
          tokens.put(row.getString(1), row.getObject(2) != null);
        }
      }
      try (ResultSet row =
          statement.executeQuery("select token_id, event from service_access_token_audit_log")) {
        while (row.next()) {
          events.add(row.getString(1) + ' ' + row.getString(2));
        }
      }
    }
    List<String> missing = new ArrayList<>();
    for (String id : created) {
      require(tokens.containsKey(id), "token " + id, missing);
      require(events.contains(id + " created"), "event of the creation of " + id, missing);
    }
    for (String id : revoked) {
      require(tokens.getOrDefault(id, false), "revocation of " + id, missing);
      require(events.contains(id + " revoked"), "event of the revocation of " + id, missing);
    }
    return missing;
  }

  private static void require(boolean found, String change, List<String> missing) {
    if (!found) {
      missing.add(change);
    }
  }
}
