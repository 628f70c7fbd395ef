import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures {@code whoami} with a known token, first without other load and then during a flood.
 *
 * <ul>
 *   <li>Requests with the known token are sent one after another, at 50 a second.
 *   <li>The flood consists of unknown but well-formed tokens at a given rate.
 *   <li>The program prints the results of both.
 * </ul>
 *
 * <p>Times count from when a request was due. Otherwise a stall would appear as a lower request
 * rate.
 *
 * <p>Uses plain persistent sockets, because the client shares the machine with the server. At this
 * rate the JDK's HTTP client needs more CPU time than the server.
 */
public final class Flood {

  private static final long SECOND = 1_000_000_000;
  private static final long KNOWN_EVERY_NANOS = SECOND / 50;

  private final URI whoami;
  private final String known;
  private final int rate;
  private final int connections;
  private final Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();

  private Flood(URI whoami, String known, int rate, int connections) {
    this.whoami = whoami;
    this.known = known;
    this.rate = rate;
    this.connections = connections;
  }

  /** Takes {@code WHOAMI KNOWN_TOKEN SECONDS RATE CONNECTIONS WARM_UP_SECONDS}. */
  public static void main(String[] arguments) throws Exception {
    int seconds = Integer.parseInt(arguments[2]);
    Flood flood =
        new Flood(
            URI.create(arguments[0]),
            arguments[1],
            Integer.parseInt(arguments[3]),
            Integer.parseInt(arguments[4]));
    flood.askKnownInFlood(Integer.parseInt(arguments[5]));
    flood.statuses.clear();
    double[] quiet = flood.askKnown(Math.min(seconds, 10));
    double[] flooded = flood.askKnownInFlood(seconds);
    long sent = flood.statuses.values().stream().mapToLong(LongAdder::sum).sum();
    System.out.printf(
        "%.2f %.2f %.2f %.2f %.2f %.0f",
        quiet[0], quiet[1], flooded[0], flooded[1], flooded[2], (double) sent / seconds);
    flood.statuses.forEach((status, count) -> System.out.printf(" %d:%d", status, count.sum()));
    System.out.println();
  }

  private double[] askKnownInFlood(int seconds) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> senders = new ArrayList<>();
    long start = System.nanoTime();
    long gap = SECOND * connections / rate;
    for (int i = 0; i < connections; i++) {
      long first = start + i * gap / connections;
      Thread sender = new Thread(() -> sendUnknown(first, gap, over));
      sender.start();
      senders.add(sender);
    }
    double[] times = askKnown(seconds);
    over.set(true);
    for (Thread sender : senders) {
      sender.join();
    }
    return times;
  }

  /** Returns the p50, the p99 and the maximum, in milliseconds. */
  private double[] askKnown(int seconds) throws IOException {
    List<Long> times = new ArrayList<>();
    Connection connection = new Connection();
    long start = System.nanoTime();
    for (long due = start; due - start < seconds * SECOND; due += KNOWN_EVERY_NANOS) {
      sleepUntil(due);
      int status = connection.request(known);
      times.add(System.nanoTime() - due);
      if (status != 200) {
        throw new IllegalStateException("a known token was answered " + status);
      }
    }
    connection.close();
    long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
    return new double[] {
      sorted[sorted.length / 2] / 1e6,
      sorted[sorted.length * 99 / 100] / 1e6,
      sorted[sorted.length - 1] / 1e6
    };
  }

  private void sendUnknown(long first, long gap, AtomicBoolean over) {
    Connection connection = new Connection();
    try {
      for (long due = first; !over.get(); due += gap) {
        sleepUntil(due);
        String unknown =
            RawTokenFormat.DEFAULT
                .create(RawToken.Kind.SERVICE, ThreadLocalRandom.current())
                .reveal();
        statuses
            .computeIfAbsent(connection.request(unknown), status -> new LongAdder())
            .increment();
      }
      connection.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends one request at a time, and reconnects after the server has closed the connection. */
  private final class Connection {

    private Socket socket;
    private InputStream in;

    int request(String token) throws IOException {
      if (socket == null) {
        socket = new Socket(whoami.getHost(), whoami.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        in = new BufferedInputStream(socket.getInputStream());
      }
      String request =
          "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(whoami.getPath(), whoami.getAuthority(), token);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      int status = Integer.parseInt(line().substring(9, 12));
      int length = 0;
      boolean last = false;
      for (String header = line(); !header.isEmpty(); header = line()) {
        String lower = header.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Integer.parseInt(lower.substring(15).strip());
        }
        last |= lower.startsWith("connection: close");
      }
      in.skipNBytes(length);
      if (last) {
        close();
      }
      return status;
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException("the server has closed the connection");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    void close() throws IOException {
      if (socket != null) {
        socket.close();
        socket = null;
      }
    }
  }

  private static void sleepUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
