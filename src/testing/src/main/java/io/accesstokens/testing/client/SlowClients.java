package io.accesstokens.testing.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many connections to one server on this machine. The connections never complete a request. Each
 * connection sends one text, and then either nothing or a few bytes at intervals. One thread
 * handles all connections. A connection counts as open until the server closes it.
 */
public final class SlowClients implements AutoCloseable {

  private static final int RECEIVE_BUFFER = 4_096;
  private static final long GAP_MILLIS = 200;

  private final Selector selector = Selector.open();
  private final List<Client> clients = new ArrayList<>();
  private final Thread driver = new Thread(this::drive, "slow clients");
  private volatile boolean closed;
  private volatile byte[] dribble = new byte[0];
  private volatile boolean reads = true;

  private static final class Client {

    private final SocketChannel channel;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private volatile boolean open = true;

    private Client(SocketChannel channel) {
      this.channel = channel;
    }
  }

  private SlowClients() throws IOException {}

  /**
   * Opens the connections.
   *
   * @param port the loopback port of the server
   * @param count the number of connections
   * @param addresses the number of different client addresses. All of them are IPv4 loopback
   *     addresses
   */
  public static SlowClients connect(int port, int count, int addresses) throws IOException {
    SlowClients all = new SlowClients();
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open();
      channel.socket().setReceiveBufferSize(RECEIVE_BUFFER);
      channel.bind(new InetSocketAddress(loopback(10 + i % addresses), 0));
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.configureBlocking(false);
      Client client = new Client(channel);
      all.clients.add(client);
      channel.register(all.selector, SelectionKey.OP_READ, client);
    }
    all.driver.start();
    return all;
  }

  private static InetAddress loopback(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  /** Sends the given text on each connection. */
  public void send(String text) throws IOException {
    // If the text contains several requests (pipelining), the client does not read responses.
    reads = text.indexOf("HTTP/1.1") == text.lastIndexOf("HTTP/1.1");
    for (Client client : clients) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
      while (bytes.hasRemaining() && client.open) {
        client.channel.write(bytes);
      }
    }
  }

  /** Sends one byte on each connection every 200 milliseconds. */
  public void dribble() {
    dribble("a");
  }

  /** Sends the given text on each connection every 200 milliseconds. */
  public void dribble(String text) {
    dribble = text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void drive() {
    long next = 0;
    while (!closed) {
      try {
        selector.select(GAP_MILLIS / 4);
        for (SelectionKey key : selector.selectedKeys()) {
          read((Client) key.attachment(), key);
        }
        selector.selectedKeys().clear();
        if (System.nanoTime() - next >= 0) {
          next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GAP_MILLIS);
          clients.forEach(this::write);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void read(Client client, SelectionKey key) {
    if (!reads) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocate(RECEIVE_BUFFER);
    try {
      int read = client.channel.read(buffer);
      client.received.write(buffer.array(), 0, Math.max(read, 0));
      if (read < 0) {
        client.open = false;
        key.cancel();
      }
    } catch (IOException e) {
      client.open = false;
      key.cancel();
    }
  }

  private void write(Client client) {
    try {
      if (client.open && reads && dribble.length > 0) {
        client.channel.write(ByteBuffer.wrap(dribble));
      } else if (client.open && !reads) {
        client.channel.write(ByteBuffer.wrap(new byte[] {'\r', '\n'})); // detects a close
      }
    } catch (IOException e) {
      client.open = false;
    }
  }

  /** Returns the number of connections that the server has not closed. */
  public int open() {
    return (int) clients.stream().filter(client -> client.open).count();
  }

  /** Returns the received text of each connection. */
  public List<String> answers() {
    return clients.stream()
        .map(client -> client.received.toString(StandardCharsets.UTF_8))
        .toList();
  }

  /** Returns the number of connections that have received a text with the given beginning. */
  public int count(String start) {
    return (int) answers().stream().filter(answer -> answer.startsWith(start)).count();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      driver.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Client client : clients) {
      client.channel.close();
    }
    selector.close();
  }
}
