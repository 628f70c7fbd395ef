package io.accesstokens.it.rolling;

import io.accesstokens.testing.client.KeepAliveClient;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TokenRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Requests at a fixed rate to one port of this machine. Thread-safe. */
final class RequestLoad implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int THREADS = 64;
  private static final int WRITE_EACH = 20;
  private static final int MAX_REQUESTS = 1_000_000;

  private final KeepAliveClient client;
  private final String verified;
  private final String manager;
  private final long intervalNanos;
  private final long beganAt = System.nanoTime();
  private final AtomicLong next = new AtomicLong();
  private final LongAdder writes = new LongAdder();
  private final Map<String, LongAdder> failures = new ConcurrentSkipListMap<>();
  private final long[] nanos = new long[MAX_REQUESTS];
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final List<Future<?>> senders = new ArrayList<>();
  private final LongAdder succeeded = new LongAdder();
  private volatile boolean over;

  /**
   * Starts the load.
   *
   * @param rate the number of requests in a second
   * @param verified a raw token that the requests verify
   * @param manager a raw token that can create tokens
   */
  RequestLoad(int port, int rate, String verified, String manager) {
    this.client = new KeepAliveClient(() -> port, TIMEOUT);
    this.verified = "Bearer " + verified;
    this.manager = "Bearer " + manager;
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / rate;
    for (int i = 0; i < THREADS; i++) {
      senders.add(threads.submit(this::send));
    }
  }

  private void send() {
    while (!over) {
      int number = (int) next.getAndIncrement();
      if (number >= MAX_REQUESTS) {
        return;
      }
      long dueAt = beganAt + number * intervalNanos;
      for (long left = dueAt - System.nanoTime(); left > 0; left = dueAt - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      String outcome = number % WRITE_EACH == 0 ? create() : verify();
      nanos[number] = System.nanoTime() - dueAt;
      if (outcome.isEmpty()) {
        succeeded.increment();
      } else {
        failures.computeIfAbsent(outcome, any -> new LongAdder()).increment();
      }
    }
  }

  /** Returns an empty text if the response is as expected, and otherwise what happened. */
  private String verify() {
    return call("GET", ServiceTokens.WHOAMI, verified, null, 200);
  }

  private String create() {
    writes.increment();
    return call("POST", ServiceTokens.PATH, manager, TokenRequest.good().json(), 201);
  }

  private String call(
      String method, String path, String authorization, @Nullable String body, int expected) {
    try {
      int status = client.call(method, path, authorization, body).answer().status();
      return status == expected ? "" : method + ' ' + status;
    } catch (IOException e) {
      return method + ' ' + e.getClass().getSimpleName();
    }
  }

  /**
   * Ends the load, and waits for the responses to all requests.
   *
   * @throws ExecutionException if a thread has ended early because of an unexpected exception
   * @throws TimeoutException if a request has no response
   */
  void end() throws InterruptedException, ExecutionException, TimeoutException {
    over = true;
    for (Future<?> sender : senders) {
      sender.get(TIMEOUT.toSeconds() + 5, TimeUnit.SECONDS);
    }
  }

  /** Returns the number of requests with the expected response. */
  long succeeded() {
    return succeeded.sum();
  }

  /** Returns the number of requests. */
  long requests() {
    return Math.min(next.get(), MAX_REQUESTS);
  }

  /** Returns the number of requests that created a token. */
  long writes() {
    return writes.sum();
  }

  /** Returns the number of failed requests for each kind of failure. */
  Map<String, LongAdder> failures() {
    return failures;
  }

  /** Returns the number of failed requests. */
  long failed() {
    return failures.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /**
   * Returns a quantile of the response times, in milliseconds. The response time counts from the
   * time at which the request was due. Call this method after {@link #end}.
   */
  long quantileMillis(double share) {
    long[] sorted = LongStream.of(Arrays.copyOf(nanos, (int) requests())).sorted().toArray();
    int index = Math.max(0, (int) Math.ceil(sorted.length * share) - 1);
    return TimeUnit.NANOSECONDS.toMillis(sorted[index]);
  }

  /** Returns the number of requests in a second. */
  long rate() {
    return TimeUnit.SECONDS.toNanos(requests()) / Math.max(1, System.nanoTime() - beganAt);
  }

  @Override
  public void close() {
    over = true;
    threads.shutdownNow();
    client.close();
  }
}
