package io.accesstokens.app.command.connector;

import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** Holds the state of each open connection. Thread-safe. */
final class ClientConnections {

  private final Map<SocketChannel, ClientConnection> connections = new ConcurrentHashMap<>();

  void add(SocketChannel channel) {
    connections.put(channel, new ClientConnection(channel, System.nanoTime()));
  }

  void remove(SocketChannel channel) {
    connections.remove(channel);
  }

  /** Returns the connection of a socket, or null if the socket has been closed. */
  @Nullable ClientConnection of(SocketWrapperBase<?> wrapper) {
    if (!(wrapper.getSocket() instanceof NioChannel channel)) {
      return null;
    }
    SocketChannel key = channel.getIOChannel();
    return key == null ? null : connections.get(key);
  }

  /** Removes the closed connections, and returns the open connections. */
  List<ClientConnection> openOn(BoundedHttpProtocol.Endpoint endpoint) {
    connections.values().removeIf(connection -> !connection.channel().isOpen());
    List<ClientConnection> open = new ArrayList<>(connections.size());
    for (ClientConnection connection : connections.values()) {
      if (endpoint.openConnections().get(connection.channel())
          instanceof NioSocketWrapper wrapper) {
        connection.setWrapper(wrapper);
        open.add(connection);
      }
    }
    return open;
  }
}
