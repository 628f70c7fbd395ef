package io.accesstokens.testing.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * A database for one test.
 *
 * @param url the JDBC URL, without user and password
 * @param user the name of an account with all privileges
 * @param password the password of that account
 */
public record TestDatabase(String url, String user, String password) {

  /** Opens a new connection, without a connection pool. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  /** Returns an object that runs statements in this database. */
  public Sql sql() {
    return new Sql(this::connect);
  }
}
