package io.accesstokens.store.jdbc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/** Logs warnings about database settings that can lose a committed revocation. */
public final class CommitSettings {

  private static final Logger LOG = System.getLogger(CommitSettings.class.getName());

  private static final String MARIADB =
      "show global variables where variable_name in ('innodb_flush_log_at_trx_commit',"
          + " 'sync_binlog', 'log_bin', 'wsrep_on', 'rpl_semi_sync_master_enabled')";

  private static final String POSTGRESQL =
      "select name, setting from pg_settings where name in ('fsync', 'full_page_writes',"
          + " 'synchronous_commit', 'synchronous_standby_names')"
          + " union all select 'standbys', cast(count(*) as varchar) from pg_stat_replication";

  private CommitSettings() {}

  /** Logs a warning for each setting that can lose a committed revocation. */
  public static void warn(DataSource dataSource, DatabaseKind databaseKind) {
    risks(dataSource, databaseKind).forEach(CommitSettings::warn);
  }

  /**
   * Returns a warning for each setting that can lose a committed revocation. On PostgreSQL, checks
   * the settings of a session. These settings include those of the user and of the database. On
   * MariaDB, checks the global variables.
   */
  static List<String> risks(DataSource dataSource, DatabaseKind databaseKind) {
    return switch (databaseKind) {
      case H2 -> List.of();
      case MARIADB -> mariaDbRisks(read(dataSource, MARIADB));
      case POSTGRESQL -> postgresRisks(read(dataSource, POSTGRESQL));
    };
  }

  private static void warn(String risk) {
    LOG.log(Level.WARNING, risk);
  }

  /**
   * Returns the values of the settings by name. The values are in upper case. Returns an empty map
   * if the settings cannot be read.
   */
  private static Map<String, String> read(DataSource dataSource, String sql) {
    Map<String, String> settings = new HashMap<>();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2).toUpperCase(Locale.ROOT));
      }
      return settings;
    } catch (SQLException e) {
      warn("the database does not report its settings: " + e.getMessage());
      return Map.of();
    }
  }

  /**
   * Returns a warning for each setting of MariaDB that can lose committed data. Returns no warning
   * for a Galera cluster, whose other nodes have the data.
   *
   * @param settings the values of the settings, in upper case, by name
   */
  static List<String> mariaDbRisks(Map<String, String> settings) {
    if (settings.isEmpty() || "ON".equals(settings.get("wsrep_on"))) {
      return List.of();
    }
    List<String> risks = new ArrayList<>();
    boolean binlog = "ON".equals(settings.get("log_bin"));
    if (!"1".equals(settings.get("innodb_flush_log_at_trx_commit"))) {
      risks.add(
          "innodb_flush_log_at_trx_commit of the database is not 1: a crash can undo revocations");
    }
    if (binlog && !"1".equals(settings.get("sync_binlog"))) {
      risks.add(
          "sync_binlog of the database is not 1: a crash can undo revocations on its replicas");
    }
    if (binlog && !"ON".equals(settings.get("rpl_semi_sync_master_enabled"))) {
      risks.add(
          "the database writes a binary log, but not semi-synchronously: a failover to one of its"
              + " replicas can undo revocations");
    }
    return risks;
  }

  /**
   * Returns a warning for each setting of PostgreSQL that can lose committed data.
   *
   * @param settings the values of the settings, in upper case, by name; the value of {@code
   *     standbys} is the number of connected standbys
   */
  static List<String> postgresRisks(Map<String, String> settings) {
    if (settings.isEmpty()) {
      return List.of();
    }
    List<String> risks = new ArrayList<>();
    if (!"ON".equals(settings.get("fsync"))) {
      risks.add("fsync of the database is off: a crash can undo revocations and destroy the data");
    }
    if (!"ON".equals(settings.get("full_page_writes"))) {
      risks.add("full_page_writes of the database is off: a crash can destroy the data");
    }
    String commit = settings.getOrDefault("synchronous_commit", "");
    boolean synchronous = !settings.getOrDefault("synchronous_standby_names", "").isEmpty();
    if (commit.equals("OFF")) {
      risks.add(
          "synchronous_commit is off for the user of the database: a crash can undo revocations");
    } else if (synchronous && commit.equals("LOCAL")) {
      risks.add(
          "synchronous_commit is local for the user of the database: a failover to a standby can"
              + " undo revocations");
    } else if (synchronous && commit.equals("REMOTE_WRITE")) {
      risks.add(
          "synchronous_commit is remote_write for the user of the database: a failover to a standby"
              + " that crashed can undo revocations");
    }
    if (!synchronous && !"0".equals(settings.get("standbys"))) {
      risks.add(
          "the database has standbys, but synchronous_standby_names is empty: a failover to a"
              + " standby can undo revocations");
    }
    return risks;
  }
}
