package io.accesstokens.store.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens new connections directly with a JDBC driver.
 *
 * <p>This class does not use {@code DriverManager}. In some containers, {@code DriverManager} does
 * not find the drivers of a web application. {@code DriverManager} also has one login timeout for
 * the whole JVM.
 */
final class DriverConnections implements DataSource {

  private static final String SOCKET_TIMEOUT = "socketTimeout";

  private static final Map<String, String> DRIVERS =
      Map.of(
          "jdbc:h2:", "org.h2.Driver",
          "jdbc:mariadb:", "org.mariadb.jdbc.Driver",
          "jdbc:postgresql:", "org.postgresql.Driver");

  /**
   * Default timeouts for a connection attempt and for a statement, in milliseconds. The JDBC URL
   * can set other values. With these timeouts, a thread does not wait long for a server that
   * accepts connections but does not respond.
   */
  private static final Map<String, String> MARIADB_DEFAULTS =
      Map.of("connectTimeout", "1000", SOCKET_TIMEOUT, "5000");

  /**
   * Default settings of connections to PostgreSQL:
   *
   * <ul>
   *   <li>The timeouts of a connection attempt are one second, as for MariaDB. While the driver
   *       connects, {@code socketTimeout} also limits each response of the server. Afterwards the
   *       timeout is {@link #NETWORK_TIMEOUT_MILLIS}.
   *   <li>The send buffer (128 KB) can hold a change of many tokens. Therefore the driver sends the
   *       commit together with the statement that locks the row of the change counter. The row is
   *       then not locked while the server waits for the network.
   *   <li>The driver's error messages contain no values of a row.
   *   <li>If the URL names several servers, each attempt begins with a random server. With a fixed
   *       order, the driver could always connect to a former primary server that did not notice the
   *       failover.
   *   <li>The driver stores the state of a server for one second only. Therefore the driver notices
   *       a failover soon.
   * </ul>
   */
  private static final Map<String, String> POSTGRES_DEFAULTS =
      Map.of(
          "connectTimeout",
          "1",
          SOCKET_TIMEOUT,
          "1",
          "sslResponseTimeout",
          "1000",
          "gssResponseTimeout",
          "1000",
          "tcpKeepAlive",
          "true",
          "maxSendBufferSize",
          "131072",
          "logServerErrorDetail",
          "false",
          "loadBalanceHosts",
          "true",
          "hostRecheckSeconds",
          "1",
          "ApplicationName",
          "access-tokens");

  private static final int NETWORK_TIMEOUT_MILLIS = 5_000;

  /**
   * Difference between the timeouts of the server and of the driver for a statement, in
   * milliseconds. The server ends the statement before the driver closes the connection.
   */
  private static final int MARGIN_MILLIS = 1_000;

  private static final Pattern GIVEN_TIMEOUT =
      Pattern.compile("(?i)[?&]" + SOCKET_TIMEOUT + "=(\\d{1,9})(?=&|$)");

  private static final Pattern GIVEN_VARIABLES =
      Pattern.compile("(?i)([?&])sessionVariables=([^&]*)");

  private final Driver driver;
  private String url;
  private final Properties properties = new Properties();
  private final Supplier<String> password;

  /**
   * The connections to an H2 database that are still referenced. The lock on this set guards it.
   */
  private final Set<Connection> h2Connections = Collections.newSetFromMap(new WeakHashMap<>());

  /**
   * Creates a source of connections.
   *
   * @param password returns the current password, for each new connection
   * @throws DatabaseRefusedException if the URL belongs to an unknown database, or if the driver is
   *     missing
   */
  DriverConnections(String url, String user, Supplier<String> password) {
    this.url = url;
    this.driver = driver(url);
    properties.setProperty("user", user);
    this.password = password;
    if (isMariaDb()) {
      setDefaults(MARIADB_DEFAULTS);
    } else if (isPostgres()) {
      setDefaults(POSTGRES_DEFAULTS);
    }
  }

  private void setDefaults(Map<String, String> defaults) {
    String lowerCaseUrl = url.toLowerCase(Locale.ROOT);
    defaults.forEach(
        (name, value) -> {
          if (!lowerCaseUrl.contains(name.toLowerCase(Locale.ROOT) + "=")) {
            properties.setProperty(name, value);
          }
        });
  }

  private static Driver driver(String url) {
    String name =
        DRIVERS.entrySet().stream()
            .filter(driver -> url.startsWith(driver.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow(
                () ->
                    new DatabaseRefusedException(
                        "the URL is neither jdbc:mariadb:…, jdbc:postgresql:… nor jdbc:h2:…",
                        null));
    try {
      return Class.forName(name).asSubclass(Driver.class).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new DatabaseRefusedException("the driver " + name + " is missing", e);
    }
  }

  boolean isH2() {
    return url.startsWith("jdbc:h2:");
  }

  /**
   * Returns true if the driver can move an open connection to another server after a failure. URLs
   * such as {@code jdbc:mariadb:sequential://one,two/database} permit this.
   */
  boolean changesServers() {
    return isMariaDb() && !url.startsWith("jdbc:mariadb://");
  }

  boolean isMariaDb() {
    return url.startsWith("jdbc:mariadb:");
  }

  boolean isPostgres() {
    return url.startsWith("jdbc:postgresql:");
  }

  /**
   * Returns the maximum duration of a statement on MariaDB or PostgreSQL, in milliseconds. Returns
   * 0 if there is no maximum.
   */
  int statementMillis() {
    Matcher timeout = GIVEN_TIMEOUT.matcher(url);
    // The drivers have different units.
    long unit = isPostgres() ? 1_000 : 1;
    long network =
        timeout.find() ? unit * Integer.parseInt(timeout.group(1)) : NETWORK_TIMEOUT_MILLIS;
    long most = network > 2 * MARGIN_MILLIS ? network - MARGIN_MILLIS : network / 2;
    return (int) Math.min(most, Integer.MAX_VALUE);
  }

  /**
   * Sets session variables on all later connections to MariaDB.
   *
   * <p>The driver sets these variables whenever it connects to a server. If {@link #changesServers}
   * is true, an open {@code Connection} can change to another server, on which earlier statements
   * have no effect.
   *
   * @param assignments assignments as in the SQL statement {@code set}, which override those of the
   *     URL
   */
  void setSessionVariables(String assignments) {
    // The driver ignores the property if the URL has a parameter of this name.
    Matcher given = GIVEN_VARIABLES.matcher(url);
    if (given.find()) {
      url = given.replaceAll("$1sessionVariables=$2," + assignments);
    } else {
      properties.setProperty("sessionVariables", assignments);
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (!isH2()) {
      return connect();
    }
    synchronized (h2Connections) {
      Connection connection = connect();
      h2Connections.add(connection);
      H2Session.limitStatements(connection);
      return connection;
    }
  }

  /**
   * Closes all connections to an H2 database, and opens a new connection.
   *
   * <p>After H2 itself has closed a database, all old connections must be closed before the
   * database is opened again. If a later call used an old connection, H2 would forget the reopened
   * database, and no further connection could be opened.
   */
  Connection reopenH2() throws SQLException {
    synchronized (h2Connections) {
      for (Connection connection : h2Connections) {
        try {
          connection.close();
        } catch (SQLException e) {
          // The connection of a closed database is unusable in any case.
        }
      }
      h2Connections.clear();
      return getConnection();
    }
  }

  private Connection connect() throws SQLException {
    Properties current = new Properties();
    current.putAll(properties);
    current.setProperty("password", password.get());
    Connection connection = driver.connect(url, current);
    if (connection == null) {
      throw new SQLException("the driver does not accept the URL", "08001");
    }
    if (isPostgres() && properties.getProperty(SOCKET_TIMEOUT) != null) {
      connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT_MILLIS);
    }
    return connection;
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    // This class writes no log.
  }

  /**
   * Returns the maximum time, in seconds, for which a pool waits for an unfinished connection
   * attempt when the pool closes.
   */
  @Override
  public int getLoginTimeout() {
    return 5;
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // The value is ignored. The driver's connectTimeout is used instead.
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return driver.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("this DataSource does not wrap a " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
