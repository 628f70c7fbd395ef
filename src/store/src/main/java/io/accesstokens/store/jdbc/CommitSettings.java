package io.accesstokens.store.jdbc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/** Warns the operator of MariaDB settings that can lose a committed revocation. */
public final class CommitSettings {

  private static final Logger LOG = System.getLogger(CommitSettings.class.getName());

  private CommitSettings() {}

  public static void warn(DataSource dataSource) {
    Map<String, String> variables = new HashMap<>();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "show global variables where variable_name in ('innodb_flush_log_at_trx_commit',"
                    + " 'sync_binlog', 'log_bin', 'wsrep_on', 'rpl_semi_sync_master_enabled')")) {
      while (rows.next()) {
        variables.put(rows.getString(1), rows.getString(2).toUpperCase(Locale.ROOT));
      }
    } catch (SQLException e) {
      LOG.log(Level.WARNING, "the database does not report its settings: {0}", e.getMessage());
      return;
    }
    boolean cluster = "ON".equals(variables.get("wsrep_on"));
    boolean binlog = "ON".equals(variables.get("log_bin"));
    if (!cluster && !"1".equals(variables.get("innodb_flush_log_at_trx_commit"))) {
      LOG.log(
          Level.WARNING,
          "innodb_flush_log_at_trx_commit of the database is not 1: a crash can undo revocations");
    }
    if (!cluster && binlog && !"1".equals(variables.get("sync_binlog"))) {
      LOG.log(
          Level.WARNING,
          "sync_binlog of the database is not 1: a crash can undo revocations on its replicas");
    }
    if (!cluster && binlog && !"ON".equals(variables.get("rpl_semi_sync_master_enabled"))) {
      LOG.log(
          Level.WARNING,
          "the database writes a binary log, but not semi-synchronously: a failover to one of its"
              + " replicas can undo revocations");
    }
  }
}
