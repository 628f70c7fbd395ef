package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * Tests connections from other machines. The PROXY protocol of MariaDB simulates these machines.
 */
class ConnectionSecurityIT {

  private static final String REMOTE = "192.0.2.7";

  private static MariaDbDataSource remote(String parameters) throws SQLException {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    try (Connection admin = database.connect();
        Statement statement = admin.createStatement()) {
      statement.execute("set global proxy_protocol_networks='127.0.0.1'");
      statement.execute(
          "grant all on *.* to 'remote'@'"
              + REMOTE
              + "' identified by '"
              + database.password()
              + "'");
    }
    String url = database.url() + (database.url().contains("?") ? "&" : "?");
    MariaDbDataSource source =
        new MariaDbDataSource(url + "socketFactory=" + RemoteSockets.class.getName() + parameters);
    source.setUser("remote");
    source.setPassword(database.password());
    return source;
  }

  @Test
  void plaintextFromAnotherMachineIsReported() throws SQLException {
    assertTrue(ConnectionSecurity.isPlaintext(remote("&sslMode=disable")), "not reported");
  }

  @Test
  void tlsFromAnotherMachineIsNotReported() throws SQLException {
    MariaDbDataSource source = remote("&sslMode=trust");
    assertEquals("remote@" + REMOTE, user(source));
    assertFalse(ConnectionSecurity.isPlaintext(source), "reported");
  }

  @Test
  void plaintextOnThisMachineIsNotReported() throws SQLException {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    MariaDbDataSource source = new MariaDbDataSource(database.url());
    source.setUser(database.user());
    source.setPassword(database.password());
    assertEquals(database.user() + "@127.0.0.1", user(source));
    assertFalse(ConnectionSecurity.isPlaintext(source), "reported");
  }

  /** Returns the user and the address of a connection. A failed connection is not reported. */
  private static String user(MariaDbDataSource source) throws SQLException {
    return new Sql(source::getConnection).texts("select user()").get(0);
  }

  /**
   * Reports {@link #REMOTE} as the client address of each connection, by a header of the PROXY
   * protocol.
   */
  public static final class RemoteSockets extends SocketFactory {

    @Override
    public Socket createSocket() {
      return new Socket() {
        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
          super.connect(endpoint, timeout);
          String header = "PROXY TCP4 " + REMOTE + " 127.0.0.1 40000 3306\r\n";
          getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
        }
      };
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new IllegalStateException("sockets are connected later");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new IllegalStateException("sockets are connected later");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      return createSocket(host, port);
    }
  }
}
