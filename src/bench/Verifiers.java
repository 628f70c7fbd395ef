import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReaderFactory;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Polls the change feed of one server as many remote verifiers do, each over its own connection,
 * while tokens are created and revoked at a fixed rate. Ten of the verifiers are {@link
 * RemoteTokenVerifier}s. Each of them accepts each token before its revocation, and must refuse it
 * after the response. One thread runs the others, which have no tokens.
 */
public final class Verifiers {

  private static final int REAL = 10;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final long RETRY = 100 * MILLI;
  private static final JsonReaderFactory JSON = Json.createReaderFactory(Map.of());

  private final URI service;
  private final String credential;
  private final long processId;
  private final PriorityQueue<Poller> waiting =
      new PriorityQueue<>(Comparator.comparingLong(poller -> poller.due));
  private final Queue<Long> revocations = new ConcurrentLinkedQueue<>();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong unavailable = new AtomicLong();
  private final AtomicLong acceptedLate = new AtomicLong();
  private final List<Long> polls = new ArrayList<>();
  private long lost;
  private long gaps;
  private long failed;
  private boolean measuring;
  private volatile boolean over;

  private Verifiers(URI service, String credential, long processId) {
    this.service = service;
    this.credential = credential;
    this.processId = processId;
  }

  /**
   * Takes {@code URL INTROSPECTING_TOKEN PROCESS_ID VERIFIERS REVOCATIONS_A_SECOND SECONDS
   * WARM_UP_SECONDS}, and prints one row.
   */
  public static void main(String[] arguments) throws Exception {
    Verifiers verifiers =
        new Verifiers(URI.create(arguments[0]), arguments[1], Long.parseLong(arguments[2]));
    verifiers.run(
        Integer.parseInt(arguments[3]),
        Integer.parseInt(arguments[4]),
        Integer.parseInt(arguments[5]),
        Integer.parseInt(arguments[6]));
  }

  private void run(int count, int rate, int seconds, int warmUp) throws Exception {
    List<RemoteTokenVerifier> real = new ArrayList<>();
    for (int i = 0; i < Math.min(REAL, count); i++) {
      real.add(
          RemoteTokenVerifier.builder(service, () -> VerifierCredential.token(credential)).build());
    }
    Thread revoker = new Thread(() -> revoke(real, rate), "revocations");
    revoker.start();
    try (Selector selector = Selector.open()) {
      long begin = System.nanoTime();
      for (int i = real.size(); i < count; i++) {
        // The verifiers start one after the other, so that they do not poll at the same time.
        Poller poller = new Poller(selector, begin + i * warmUp * SECOND * 3 / 4 / count);
        waiting.add(poller);
      }
      poll(selector, begin + warmUp * SECOND);
      measuring = true;
      accepted.set(0);
      revocations.clear();
      double cpu = cpuSeconds();
      long start = System.nanoTime();
      poll(selector, start + seconds * SECOND);
      double took = (System.nanoTime() - start) / 1e9;
      cpu = cpuSeconds() - cpu;
      over = true;
      revoker.join();
      print(count, took, cpu);
    } finally {
      over = true;
      real.forEach(RemoteTokenVerifier::close);
    }
  }

  private void print(int count, double took, double cpu) {
    List<Long> times = new ArrayList<>(revocations);
    Collections.sort(times);
    Collections.sort(polls);
    System.out.printf(
        Locale.ROOT,
        "| %d | %.0f | %.2f | %.0f | %.1f | %.1f | %d | %d | %d | %d | %.0f | %.0f | %d | %d | %d |%n",
        count,
        polls.size() / took,
        cpu / took,
        cpu / took * 1e6 / (polls.size() / took),
        quantile(polls, 0.5) / 1e6,
        quantile(polls, 0.99) / 1e6,
        failed,
        lost,
        gaps,
        times.size(),
        quantile(times, 0.5) / 1e6,
        quantile(times, 0.99) / 1e6,
        accepted.get(),
        acceptedLate.get(),
        unavailable.get());
  }

  private static long quantile(List<Long> sorted, double share) {
    return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * share));
  }

  /** Returns the CPU time of the server's process, in seconds. */
  private double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + processId + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
  }

  /** Runs the simulated verifiers until an instant. */
  private void poll(Selector selector, long end) throws IOException {
    while (System.nanoTime() < end) {
      long now = System.nanoTime();
      while (!waiting.isEmpty() && waiting.peek().due <= now) {
        waiting.remove().send();
      }
      long next = waiting.isEmpty() ? end : Math.min(end, waiting.peek().due);
      // A poll may begin a millisecond late, so that this thread never runs without a pause.
      selector.select(Math.max(1, (next - System.nanoTime()) / MILLI));
      for (SelectionKey key : selector.selectedKeys()) {
        ((Poller) key.attachment()).receiveOrTryAgain();
      }
      selector.selectedKeys().clear();
    }
  }

  /** Creates a token at each turn, and revokes it at the next one. */
  private void revoke(List<RemoteTokenVerifier> real, int rate) {
    HttpClient client = HttpClient.newHttpClient();
    List<Thread> turns = new ArrayList<>();
    long due = System.nanoTime();
    for (int i = 0; !over && rate > 0; i++) {
      LockSupport.parkNanos(due - System.nanoTime());
      due += SECOND / rate;
      int number = i;
      Thread turn = new Thread(() -> createAndRevoke(client, real, number));
      turn.start();
      turns.add(turn);
      turns.removeIf(thread -> !thread.isAlive());
    }
    try {
      for (Thread turn : turns) {
        turn.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void createAndRevoke(HttpClient client, List<RemoteTokenVerifier> real, int number) {
    try {
      String created =
          send(
              client,
              "POST",
              "/api/access-tokens/service",
              "{\"name\":\"bench-" + number + "-" + System.nanoTime()
                  + "\",\"description\":\"Benchmark\",\"groupEntityRef\":\"platform\","
                  + "\"scopes\":[\"catalog:read\"]}",
              201);
      JsonObject response = object(created);
      RawToken token = RawTokenFormat.DEFAULT.parse(response.getString("rawToken")).orElseThrow();
      for (RemoteTokenVerifier verifier : real) {
        if (!(verifier.verify(token) instanceof Verification.Accepted)) {
          throw new IllegalStateException("a new token was refused");
        }
        accepted.incrementAndGet();
      }
      long begin = System.nanoTime();
      send(
          client,
          "DELETE",
          "/api/access-tokens/service/" + response.getJsonObject("token").getString("id"),
          "{\"reason\":\"Benchmark\"}",
          204);
      revocations.add(System.nanoTime() - begin);
      for (RemoteTokenVerifier verifier : real) {
        if (verifier.verify(token) instanceof Verification.Accepted) {
          acceptedLate.incrementAndGet();
        }
      }
    } catch (VerificationUnavailableException e) {
      unavailable.incrementAndGet();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String send(HttpClient client, String method, String path, String body, int expected)
      throws IOException, InterruptedException {
    String alice = Base64.getEncoder().encodeToString("alice:alice".getBytes(StandardCharsets.UTF_8));
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(service + path))
                .header("Authorization", "Basic " + alice)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    if (response.statusCode() != expected) {
      throw new IllegalStateException(method + " got " + response.statusCode() + response.body());
    }
    return response.body();
  }

  private static JsonObject object(String json) {
    return JSON.createReader(new StringReader(json)).readObject();
  }

  /** A verifier without tokens: it keeps its position and its lease. */
  private final class Poller {

    private final Selector selector;
    private SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private String position;
    private String nonce = "";
    private long due;
    private long begun;
    private long leaseEnd;

    private Poller(Selector selector, long due) {
      this.selector = selector;
      this.due = due;
    }

    private void send() throws IOException {
      if (channel == null) {
        channel = SocketChannel.open(new InetSocketAddress(service.getHost(), service.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
      }
      byte[] random = new byte[16];
      ThreadLocalRandom.current().nextBytes(random);
      nonce = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      String request =
          "GET /api/access-tokens/changes?nonce="
              + nonce
              + (position == null ? "" : "&after=" + position)
              + " HTTP/1.1\r\nHost: "
              + service.getAuthority()
              + "\r\nAuthorization: Bearer "
              + credential
              + "\r\nAccept: application/json\r\nCache-Control: no-cache\r\n\r\n";
      begun = System.nanoTime();
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    /** Receives a response. After a failure, polls again over a new connection. */
    private void receiveOrTryAgain() throws IOException {
      try {
        receive();
      } catch (IOException e) {
        if (measuring && failed++ == 0) {
          System.err.println(e.getMessage());
        }
        channel.close();
        channel = null;
        buffer.clear();
        due = System.nanoTime() + RETRY;
        waiting.add(this);
      }
    }

    private void receive() throws IOException {
      if (channel.read(buffer) < 0) {
        throw new IOException("the server closed a connection");
      }
      String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
      int head = text.indexOf("\r\n\r\n");
      if (head < 0) {
        return;
      }
      if (!text.startsWith("HTTP/1.1 200")) {
        throw new IOException("unexpected response: " + text);
      }
      int length = contentLength(text.substring(0, head));
      if (text.length() < head + 4 + length) {
        return;
      }
      buffer.clear();
      apply(text.substring(head + 4));
    }

    private int contentLength(String head) throws IOException {
      for (String line : head.split("\r\n")) {
        if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
          return Integer.parseInt(line.substring(15).trim());
        }
      }
      throw new IOException("no Content-Length: " + head);
    }

    /** Reads a page without a parser, because a thousand verifiers share one thread here. */
    private void apply(String page) throws IOException {
      if (!page.startsWith("{\"nonce\":\"" + nonce + "\"")) {
        throw new IOException("a response of another request");
      }
      long now = System.nanoTime();
      String leaseMillis = member(page, "leaseMillis");
      long lease = leaseMillis == null ? 0 : Long.parseLong(leaseMillis) * MILLI;
      String next = member(page, "position");
      if (measuring) {
        polls.add(now - begun);
        if (now > leaseEnd) {
          lost++;
        }
        if (next == null) {
          gaps++;
        }
      }
      position = next;
      boolean renewed = next != null && lease > 0;
      if (renewed) {
        leaseEnd = begun + lease;
      }
      due = renewed ? now + ThreadLocalRandom.current().nextLong(lease * 54 / 100, lease * 60 / 100) : now;
      waiting.add(this);
    }

    /** Returns a member of the outer object, without quotation marks; null if it is absent. */
    private String member(String page, String name) {
      String key = ",\"" + name + "\":";
      int begin = page.indexOf(key);
      if (begin < 0) {
        return null;
      }
      begin += key.length();
      String value = page.substring(begin, page.indexOf(',', begin));
      return value.startsWith("\"") ? value.substring(1, value.length() - 1) : value;
    }
  }
}
