import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Asks {@code whoami} with a known token, one request after another at 50 a second, first in quiet
 * and then while unknown but well-formed tokens come at a rate. Prints what became of both.
 *
 * <p>Times count from when a request was due, so that a stall is not taken for few requests.
 */
public final class Flood {

  private static final long KNOWN_EVERY_NANOS = 20_000_000;

  /** More than that many answers are not waited for: then the rate is not reached, and it is said. */
  private static final int IN_FLIGHT = 400;

  private static final Duration WARM_UP = Duration.ofSeconds(30);

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI whoami;
  private final String known;
  private final Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();

  private Flood(URI whoami, String known) {
    this.whoami = whoami;
    this.known = known;
  }

  /** {@code WHOAMI KNOWN_TOKEN SECONDS RATE}. */
  public static void main(String[] arguments) throws Exception {
    Flood flood = new Flood(URI.create(arguments[0]), arguments[1]);
    int seconds = Integer.parseInt(arguments[2]);
    int rate = Integer.parseInt(arguments[3]);
    flood.warmUp(rate);
    double[] quiet = flood.askKnown(Math.min(seconds, 10));
    AtomicBoolean over = new AtomicBoolean();
    Thread unknown = new Thread(() -> flood.sendUnknown(rate, over), "unknown");
    long begun = System.nanoTime();
    unknown.start();
    double[] flooded = flood.askKnown(seconds);
    over.set(true);
    unknown.join();
    double passed = (System.nanoTime() - begun) / 1e9;
    long sent = flood.statuses.values().stream().mapToLong(LongAdder::sum).sum();
    System.out.printf(
        "%.2f %.2f %.2f %.2f %.0f", quiet[0], quiet[1], flooded[0], flooded[1], sent / passed);
    flood.statuses.forEach((status, count) -> System.out.printf(" %d:%d", status, count.sum()));
    System.out.println();
    System.exit(0);
  }

  /** Until both sides have compiled what they need for known and for unknown tokens. */
  private void warmUp(int rate) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Thread unknown = new Thread(() -> sendUnknown(rate, over), "unknown");
    unknown.start();
    Thread.sleep(WARM_UP.toMillis());
    over.set(true);
    unknown.join();
    askKnown(5);
    statuses.clear();
  }

  /** Milliseconds: p50 and p99. */
  private double[] askKnown(int seconds) throws Exception {
    List<Long> times = new ArrayList<>();
    HttpRequest request = request(known);
    long start = System.nanoTime();
    for (long due = start; due - start < seconds * 1_000_000_000L; due += KNOWN_EVERY_NANOS) {
      sleepUntil(due);
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      times.add(System.nanoTime() - due);
      if (status != 200) {
        throw new IllegalStateException("a known token was answered " + status);
      }
    }
    long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
    return new double[] {sorted[sorted.length / 2] / 1e6, sorted[sorted.length * 99 / 100] / 1e6};
  }

  private void sendUnknown(int rate, AtomicBoolean over) {
    RandomGenerator random = RandomGenerator.getDefault();
    Semaphore free = new Semaphore(IN_FLIGHT);
    long start = System.nanoTime();
    for (long i = 0; !over.get(); i++) {
      sleepUntil(start + i * 1_000_000_000L / rate);
      free.acquireUninterruptibly();
      client
          .sendAsync(request(RawTokenFormat.DEFAULT.mint(RawToken.Kind.SERVICE, random).reveal()), HttpResponse.BodyHandlers.discarding())
          .whenComplete(
              (answer, e) -> {
                free.release();
                statuses
                    .computeIfAbsent(answer == null ? 0 : answer.statusCode(), s -> new LongAdder())
                    .increment();
              });
    }
    free.acquireUninterruptibly(IN_FLIGHT);
  }

  private HttpRequest request(String token) {
    return HttpRequest.newBuilder(whoami)
        .timeout(Duration.ofSeconds(10))
        .header("Authorization", "Bearer " + token)
        .build();
  }

  private static void sleepUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
