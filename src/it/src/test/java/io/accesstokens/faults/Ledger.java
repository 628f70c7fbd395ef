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
 * The ids of the tokens whose creation or revocation was confirmed. The database must still contain
 * these changes and their audit events at the end of a run. Safe for use by many threads.
 */
final class Ledger {

  private final Set<String> created = ConcurrentHashMap.newKeySet();
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();

  void created(String id) {
    created.add(id);
  }

  void revoked(String id) {
    revoked.add(id);
  }

  /**
   * Compares the answered changes with the database.
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
