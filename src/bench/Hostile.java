import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures {@code whoami} with a known token and {@code /health/live}, first without other load.
 *
 * <p>It measures them again while slow clients hold connections and hostile headers arrive at a
 * given rate.
 *
 * <p>Times count from when a request was due. Otherwise a stall would appear as a lower request
 * rate. A slow client reconnects when its connection is closed, from one of ten loopback addresses.
 */
public final class Hostile {

  private static final long SECOND = 1_000_000_000;
  private static final int ADDRESSES = 10;
  private static final int PAD = 3_700;

  private final URI base;
  private final Map<String, LongAdder> statuses = new ConcurrentHashMap<>();
  private final List<LongAdder> slowAnswers = List.of(new LongAdder(), new LongAdder());

  private Hostile(URI base) {
    this.base = base;
  }

  /** Takes {@code BASE TOKEN SECONDS RATE CONNECTIONS SLOW WARM_UP_SECONDS}. */
  public static void main(String[] arguments) throws Exception {
    Hostile hostile = new Hostile(URI.create(arguments[0]));
    String token = arguments[1];
    int seconds = Integer.parseInt(arguments[2]);
    int rate = Integer.parseInt(arguments[3]);
    int connections = Integer.parseInt(arguments[4]);
    int slow = Integer.parseInt(arguments[5]);
    hostile.attack(token, Integer.parseInt(arguments[6]), rate, connections, slow);
    hostile.statuses.clear();
    hostile.slowAnswers.forEach(LongAdder::reset);
    print("quiet", hostile.attack(token, Math.min(seconds, 10), 0, 0, 0));
    print("attacked", hostile.attack(token, seconds, rate, connections, slow));
    long sent = hostile.statuses.values().stream().mapToLong(LongAdder::sum).sum();
    System.out.printf("sent %d%n", sent / seconds);
    System.out.printf("statuses %s%n", new TreeMap<>(hostile.statuses));
    System.out.printf("slow %s %s%n", hostile.slowAnswers.get(0), hostile.slowAnswers.get(1));
  }

  private static void print(String name, List<long[]> times) {
    for (int i = 0; i < 2; i++) {
      long[] sorted = times.get(i);
      System.out.printf(
          "%s %s %.1f %.1f %.1f%n",
          name,
          i == 0 ? "whoami" : "live",
          sorted[sorted.length / 2] / 1e6,
          sorted[sorted.length * 99 / 100] / 1e6,
          sorted[sorted.length - 1] / 1e6);
    }
  }

  /** Returns the sorted times of {@code whoami} and {@code /health/live}, in nanoseconds. */
  private List<long[]> attack(String token, int seconds, int rate, int connections, int slow)
      throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<?>> attackers = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < connections; i++) {
      long gap = SECOND * connections / rate;
      int number = i;
      attackers.add(
          threads.submit(
              () -> {
                sendHostile(number, start + number * gap / connections, gap, over);
                return null;
              }));
    }
    if (slow > 0) {
      attackers.add(
          threads.submit(
              () -> {
                holdSlow(slow, over);
                return null;
              }));
    }
    String whoami = get("/api/access-tokens/whoami", "Authorization: Bearer " + token + "\r\n");
    Future<long[]> known = threads.submit(times(whoami, seconds, 50));
    Future<long[]> live = threads.submit(times(get("/health/live", ""), seconds, 10));
    try {
      return List.of(known.get(), live.get());
    } finally {
      over.set(true);
      threads.shutdown();
      for (Future<?> attacker : attackers) {
        attacker.get();
      }
    }
  }

  private Callable<long[]> times(String request, int seconds, int perSecond) {
    return () -> {
      List<Long> times = new ArrayList<>();
      Connection connection = new Connection();
      long start = System.nanoTime();
      long gap = SECOND / perSecond;
      for (long due = start; due - start < seconds * SECOND; due += gap) {
        sleepUntil(due);
        int status = connection.request(request);
        times.add(System.nanoTime() - due);
        if (status != 200) {
          throw new IllegalStateException("answered " + status + ": " + request.lines().findFirst());
        }
      }
      connection.close();
      return times.stream().mapToLong(Long::longValue).sorted().toArray();
    };
  }

  private String get(String path, String headers) {
    return request("GET " + path, headers);
  }

  private String request(String line, String headers) {
    return line + " HTTP/1.1\r\nHost: " + base.getAuthority() + "\r\n" + headers + "\r\n";
  }

  /** Returns requests with hostile headers. Each is below the limit of 8 KB for a request head. */
  private List<String> hostileRequests() {
    String whoami = "/api/access-tokens/whoami";
    String spaces = "a/b;" + " ".repeat(PAD) + ";" + " ".repeat(PAD) + "(";
    String parameters = "a/b" + ";a=b".repeat(1_700);
    String ranges = "a/b;q=0.1,".repeat(700);
    List<String> all = new ArrayList<>();
    for (String value : List.of(spaces, parameters, ranges)) {
      all.add(get(whoami, "Accept: " + value + "\r\n"));
      all.add(
          request(
              "POST /api/access-tokens/service",
              "Content-Type: " + value + "\r\nContent-Length: 0\r\n"));
    }
    for (String value :
        List.of(
            "Bearer " + "x".repeat(7_000),
            "Bearer bsat_" + "x".repeat(43),
            "Basic " + "Zm9v".repeat(1_700),
            "Bearer " + "e30.".repeat(1_700),
            "x".repeat(7_000))) {
      all.add(get(whoami, "Authorization: " + value + "\r\n"));
    }
    for (String header :
        List.of(
            "Cookie: " + "a=b; ".repeat(1_400),
            "Cookie: " + "a".repeat(7_000),
            "Forwarded: " + "for=1.2.3.4,".repeat(580),
            "Forwarded: for=\"" + "\\\"".repeat(3_400),
            "X-Forwarded-For: " + "1.2.3.4, ".repeat(770),
            "Origin: " + "http://a.".repeat(770),
            "Accept-Language: " + "a-b;q=0.1,".repeat(700),
            "If-None-Match: " + "\"a\",".repeat(1_700),
            "a: b\r\n".repeat(90) + "c: d")) {
      all.add(get(whoami, header + "\r\n"));
      all.add(get("/", header + "\r\n"));
    }
    for (String path :
        List.of(
            "/api/access-tokens" + "/".repeat(7_000),
            "/api/access-tokens/service/" + "a".repeat(7_000),
            "/api/access-tokens/service?" + "a=b&".repeat(1_700),
            "/api/" + "a;b=c/".repeat(1_100),
            "/" + "%41".repeat(2_300),
            "/" + "a/../".repeat(1_400))) {
      all.add(get(path, ""));
      all.add(request("POST " + path, "Content-Length: 0\r\n"));
    }
    return all;
  }

  private void sendHostile(int number, long first, long gap, AtomicBoolean over)
      throws IOException {
    List<String> requests = hostileRequests();
    Connection connection = new Connection();
    int next = number * 7;
    for (long due = first; !over.get(); due += gap) {
      sleepUntil(due);
      String status;
      try {
        status = Integer.toString(connection.request(requests.get(next++ % requests.size())));
      } catch (IOException e) {
        connection.close();
        status = "closed";
      }
      statuses.computeIfAbsent(status, key -> new LongAdder()).increment();
    }
    connection.close();
  }

  private void holdSlow(int count, AtomicBoolean over) throws IOException {
    String half = get("/api/access-tokens/whoami", "X: ");
    byte[] head = half.substring(0, half.length() - 2).getBytes(StandardCharsets.US_ASCII);
    byte[] body =
        (request(
                "POST /api/access-tokens/revoke",
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n")
            + "token=")
            .getBytes(StandardCharsets.US_ASCII);
    SocketChannel[] channels = new SocketChannel[count];
    ByteBuffer received = ByteBuffer.allocate(4_096);
    while (!over.get()) {
      for (int i = 0; i < count && !over.get(); i++) {
        if (channels[i] == null) {
          channels[i] = connect(i, i % 2 == 0 ? head : body);
        } else if (isClosed(channels[i], received.clear())) {
          slowAnswers.get(i % 2).increment();
          channels[i].close();
          channels[i] = null;
        }
      }
      LockSupport.parkNanos(SECOND / 2);
    }
    for (SocketChannel channel : channels) {
      if (channel != null) {
        channel.close();
      }
    }
  }

  private SocketChannel connect(int number, byte[] start) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.bind(new InetSocketAddress("127.0.0." + (10 + number % ADDRESSES), 0));
    channel.connect(new InetSocketAddress(base.getHost(), base.getPort()));
    channel.write(ByteBuffer.wrap(start));
    channel.configureBlocking(false);
    return channel;
  }

  /**
   * Returns true if the connection is closed. Sends one more byte unless a response has arrived.
   */
  private static boolean isClosed(SocketChannel channel, ByteBuffer received) {
    try {
      return channel.read(received) != 0 || channel.write(ByteBuffer.wrap(new byte[] {'a'})) < 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Sends one request at a time, and reconnects after the server has closed the connection. */
  private final class Connection {

    private Socket socket;
    private InputStream in;

    int request(String request) throws IOException {
      if (socket == null) {
        socket = new Socket(base.getHost(), base.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream());
      }
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      int status = Integer.parseInt(line().substring(9, 12));
      int length = 0;
      boolean chunked = false;
      boolean last = false;
      for (String header = line(); !header.isEmpty(); header = line()) {
        String lower = header.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Integer.parseInt(lower.substring(15).strip());
        }
        chunked |= lower.startsWith("transfer-encoding: chunked");
        last |= lower.startsWith("connection: close");
      }
      in.skipNBytes(length);
      if (chunked) {
        for (int size = size(); size > 0; size = size()) {
          in.skipNBytes(size + 2);
        }
        line();
      }
      if (last) {
        close();
      }
      return status;
    }

    private int size() throws IOException {
      return Integer.parseInt(line(), 16);
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
