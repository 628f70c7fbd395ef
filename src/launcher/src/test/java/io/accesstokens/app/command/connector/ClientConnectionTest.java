package io.accesstokens.app.command.connector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.junit.jupiter.api.Test;

class ClientConnectionTest {

  @Test
  void connectionIsIdleUntilItsNextRequestArrives() throws Exception {
    try (SocketChannel channel = SocketChannel.open()) {
      NioSocketWrapper socket =
          new NioSocketWrapper(
              new NioChannel(new SocketBufferHandler(1, 1, false)), new NioEndpoint());
      ClientConnection connection = new ClientConnection(channel, 0);
      connection.setWrapper(socket);
      connection.recordIdle(true);

      socket.interestOps(SelectionKey.OP_READ);
      assertEquals(ClientConnection.Wait.NEXT_REQUEST, connection.check(1));

      // The poller has found bytes, and the request waits for a thread.
      socket.interestOps(0);
      assertEquals(ClientConnection.Wait.NONE, connection.check(2));
    }
  }

  @Test
  void addressHasItsCanonicalForm() throws Exception {
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    InetSocketAddress remote = new InetSocketAddress(InetAddress.getByAddress(loopback), 8080);
    assertEquals("::1", ClientConnection.textOf(remote));
  }
}
