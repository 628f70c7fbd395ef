package io.accesstokens.auth.remote;

import static io.accesstokens.testing.ScriptedServer.json;
import static io.accesstokens.testing.ScriptedServer.whole;
import static io.accesstokens.testing.ScriptedServer.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.RemoteListener;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.FeedFollower;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how long a remote verifier keeps introspection results under a lease. */
class RemoteTokenVerifierLeaseTest extends ScriptedService {

  private static final String NONCE = "00".repeat(16);

  private static String entry(String kind) {
    return "{\"number\":1,\"nonce\":\"%s\",\"digest\":\"%s\",\"kind\":\"%s\"}"
        .formatted(NONCE, HexFormat.of().formatHex(TOKEN.digest().bytes()), kind);
  }

  /** Returns the feed after the revocation of the token, for a reader at position 0. */
  private static String revoked() {
    return PAGE.replace("\"lastNumber\":0", "\"lastNumber\":1")
        .replace("\"entries\":[]", "\"entries\":[" + entry("revoked") + "]");
  }

  private static String position(String request) {
    return ChangeFeed.Position.parse(request.replaceFirst("(?s).*position=", ""))
        .map(position -> String.valueOf(position.number()))
        .orElse("none");
  }

  @Test
  void tokenIsIntrospectedOnce() {
    RemoteTokenVerifier verifier = verifier();
    for (int i = 0; i < 100; i++) {
      assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
    }
    assertEquals(1, introspections().size());
  }

  @Test
  void invalidTokenIsIntrospectedOnce() {
    introspection = json("{\"active\":false}");
    RemoteTokenVerifier verifier = verifier();
    long begun = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      assertInstanceOf(Verification.Refused.class, verifier.verify(TOKEN));
    }
    // The verdict is kept for five seconds, but the machine can stop for longer.
    long kept = 1 + Duration.ofNanos(System.nanoTime() - begun).toSeconds() / 5;
    int sent = introspections().size();
    assertTrue(sent <= kept, () -> sent + " introspections, but at most " + kept + " are needed");
  }

  @Test
  void verdictForAnotherProcessOrFromTheStoreIsNotCached() {
    RemoteTokenVerifier verifier = verifier();
    verifier.verify(TOKEN);
    introspection = json("{\"active\":false}");
    assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
    assertInstanceOf(Verification.Refused.class, verifier.verifyInStore(TOKEN));
    ChangeFeed.Position seven = new ChangeFeed.Position(7, Optional.empty(), "one");
    assertInstanceOf(Verification.Refused.class, verifier.verify(TOKEN, seven));
    assertEquals(
        List.of("0", "none", "7"),
        introspections().stream().map(RemoteTokenVerifierLeaseTest::position).toList());
    verifier.close();
    assertThrows(VerificationUnavailableException.class, () -> verifier.verifyInStore(TOKEN));
    assertThrows(VerificationUnavailableException.class, () -> verifier.verify(TOKEN, seven));
    assertEquals(3, introspections().size());
  }

  @Test
  void changedTokenIsIntrospectedWithTheNewPosition() {
    page = PAGE.replace("2000", "200");
    RemoteTokenVerifier verifier = verifier();
    verifier.verify(TOKEN);
    introspection = json("{\"active\":false}");
    changes =
        (request, out) -> {
          // As in the service, the page depends on the position that the reader sends.
          ChangeFeed.Position after =
              ChangeFeed.Position.parse(request.replaceFirst("(?s).*&after=([^ &]*).*", "$1"))
                  .orElseThrow();
          String reported =
              after.number() == 0
                  ? page
                  : page.replace(entry("revoked"), "")
                      .replace(
                          "\"complete\"", "\"nonceAtPosition\":\"" + NONCE + "\",\"complete\"");
          json(reported.replace("NONCE", nonce(request))).answer(out);
        };
    page = revoked().replace("2000", "200");
    Awaitility.await().until(() -> verifier.verify(TOKEN) instanceof Verification.Refused);
    assertEquals("0", position(introspections().get(0)));
    assertEquals("1", position(introspections().get(1)));
    assertEquals(2, introspections().size());
  }

  @Test
  void verdictLoadedDuringAChangeIsNotCached() throws Exception {
    page = PAGE.replace("2000", "400");
    CountDownLatch introspecting = new CountDownLatch(1);
    CountDownLatch changeApplied = new CountDownLatch(1);
    introspection =
        out -> {
          introspecting.countDown();
          changeApplied.await(60, TimeUnit.SECONDS);
          json(GOOD).answer(out);
        };
    RemoteTokenVerifier verifier = verifier();
    Thread early = new Thread(() -> verifier.verify(TOKEN));
    early.start();
    assertTrue(introspecting.await(60, TimeUnit.SECONDS), "no introspection request arrived");
    AtomicInteger reported = new AtomicInteger();
    changes =
        (request, out) -> {
          reported.incrementAndGet();
          boolean first = reported.get() == 1;
          String now =
              first
                  ? revoked()
                  : PAGE.replace("\"lastNumber\":0", "\"lastNumber\":1")
                      .replace(
                          "\"complete\"", "\"nonceAtPosition\":\"" + NONCE + "\",\"complete\"");
          json(now.replace("NONCE", nonce(request))).answer(out);
        };
    Awaitility.await().until(() -> reported.get() >= 2);
    changeApplied.countDown();
    early.join();
    introspection = json("{\"active\":false}");
    assertInstanceOf(Verification.Refused.class, verifier.verify(TOKEN));
  }

  @Test
  void noTokenIsAcceptedAfterTheLease() throws Exception {
    page = PAGE.replace("2000", "300");
    RemoteTokenVerifier verifier = verifier();
    assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
    changes = (request, out) -> whole("503 Service Unavailable", "", "").answer(out);
    TimeLimits.succeedsAfter(
        Duration.ofSeconds(2),
        "the lease has ended",
        () -> {
          try {
            verifier.verify(TOKEN);
            return false;
          } catch (VerificationUnavailableException e) {
            return true;
          }
        });
    changes = (request, out) -> json(page.replace("NONCE", nonce(request))).answer(out);
    assertInstanceOf(
        Verification.Accepted.class, verifier.verify(TOKEN), "the verifier has not recovered");
  }

  @Test
  void delayedResponseGrantsTheRestOfItsLease() {
    page = PAGE.replace("2000", "300");
    changes =
        (request, out) -> {
          Thread.sleep(350);
          json(page.replace("NONCE", nonce(request))).answer(out);
        };
    AtomicInteger loads = new AtomicInteger();
    introspection =
        out -> {
          loads.incrementAndGet();
          json(GOOD).answer(out);
        };
    RemoteTokenVerifier verifier = verifier();
    long begun = System.nanoTime();
    verifier.verify(TOKEN);
    verifier.verify(TOKEN);
    // Each verification waits for a poll that begins after it. An expired lease serves none.
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.compareTo(Duration.ofMillis(700)) >= 0, () -> "took " + took);
    assertEquals(1, loads.get());
  }

  @Test
  void cachedResponseIsRejected() {
    AtomicReference<String> kept = new AtomicReference<>();
    page = PAGE.replace("2000", "300");
    changes =
        (request, out) -> {
          kept.compareAndSet(null, page.replace("NONCE", nonce(request)));
          json(Objects.requireNonNull(kept.get())).answer(out);
        };
    RemoteTokenVerifier verifier = verifier();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThrows(VerificationUnavailableException.class, () -> verifier.verify(TOKEN)));
  }

  @Test
  void cutPageGrantsNoLease() {
    AtomicInteger polls = new AtomicInteger();
    changes =
        (request, out) -> {
          boolean first = polls.incrementAndGet() == 1;
          String reported =
              first
                  ? PAGE
                  : revoked()
                      .replace("\"lastNumber\":1", "\"lastNumber\":5")
                      .replace("true", "false");
          json(reported.replace("2000", "200").replace("NONCE", nonce(request))).answer(out);
        };
    // The verifier reads page after page, so only the end of a wait ends a verification.
    RemoteTokenVerifier verifier =
        made(builder().waits(new FixedWaits(Duration.ofMillis(100)), LONG));
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThrows(VerificationUnavailableException.class, () -> verifier.verify(TOKEN)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NONCE|other",
        "\"nonce\":\"NONCE\",|",
        ":2000|:-1",
        ":2000|:60001",
        ":2000|:1.5",
        ":2000|:\"2000\"",
        "\"lastNumber\":0|\"lastNumber\":null",
        "[]|[{}]",
        "[]|null",
        "[]|[{\"number\":1,\"nonce\":\"zz\",\"digest\":\"00\",\"kind\":\"revoked\"}]",
        "\"complete\":true,|",
        "\"server\":\"one\"|\"server\":1",
        "2026-01-01T00:00:00.000Z|yesterday",
        "}|",
      })
  void malformedPageGrantsNoLease(String change) {
    String[] parts = change.split("\\|", 2);
    page = PAGE.replace(parts[0], parts[1]);
    assertNotEquals(PAGE, page);
    unavailable();
    assertEquals(0, introspections().size(), "introspections before a valid page");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "302 Found",
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "500 Internal Server Error",
        "503 Service Unavailable",
      })
  void noTokenIsIntrospectedWithoutTheFeed(String status) {
    changes =
        (request, out) ->
            whole(
                    status,
                    "Location: " + service() + "x\r\nContent-Type: application/json\r\n",
                    "{}")
                .answer(out);
    unavailable();
    assertEquals(0, introspections().size());
  }

  @Test
  void tooLongPageIsRejected() {
    page = PAGE + " ".repeat(RemoteConnections.MAX_BYTES);
    unavailable();
  }

  @Test
  void brokenFeedConnectionIsRetriedOnce() {
    AtomicInteger polls = new AtomicInteger();
    changes =
        (request, out) -> {
          if (polls.incrementAndGet() == 1) {
            write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Le");
            throw new IOException("broken off");
          }
          json(page.replace("NONCE", nonce(request))).answer(out);
        };
    AtomicInteger failures = new AtomicInteger();
    RemoteTokenVerifier verifier =
        made(
            builder()
                .listener(
                    new RemoteListener() {
                      @Override
                      public void pollFailed(Duration took) {
                        failures.incrementAndGet();
                      }
                    }));
    assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
    assertEquals(0, failures.get(), "failed reads");
  }

  @Test
  void shorterTimeoutEndsAReadOfTheChanges() {
    Duration shorter = Duration.ofMillis(100);
    Duration longer = Duration.ofMinutes(10);
    CountDownLatch end = new CountDownLatch(1);
    changes = (request, out) -> end.await();
    try {
      for (Duration timeout : List.of(longer, shorter)) {
        AtomicInteger failures = new AtomicInteger();
        made(
            builder()
                .timeout(timeout)
                .waits(new FixedWaits(LONG), timeout.equals(longer) ? shorter : longer)
                .listener(
                    new RemoteListener() {
                      @Override
                      public void pollFailed(Duration took) {
                        failures.incrementAndGet();
                      }
                    }));
        Awaitility.await().until(() -> failures.get() > 0);
      }
    } finally {
      end.countDown();
    }
  }

  @Test
  void eachUseIsIntrospectedWithoutALease() {
    page =
        "{\"nonce\":\"NONCE\",\"leaseMillis\":0,\"withheld\":\"no feed\",\"lastNumber\":0,"
            + "\"entries\":[],\"complete\":true,\"server\":\"none\"}";
    RemoteTokenVerifier verifier;
    try (RecordedLog log = new RecordedLog(FeedFollower.class)) {
      verifier = verifier();
      assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
      assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
      Awaitility.await().until(() -> log.lines().contains("WARNING no feed"));
    }
    assertEquals(2, introspections().size());
    introspection = json("{\"active\":false}");
    assertInstanceOf(Verification.Refused.class, verifier.verify(TOKEN));
    introspection = whole("503 Service Unavailable", "", "");
    unavailable(verifier);
  }

  @Test
  void credentialIsReadForEachRequestAndItsRejectionIsAnOutage() {
    AtomicReference<String> current = new AtomicReference<>("first");
    page = PAGE.replace("2000", "200");
    changes =
        (request, out) -> {
          if (request.contains("Authorization: Bearer second\r\n")) {
            json(page.replace("NONCE", nonce(request))).answer(out);
          } else {
            whole("401 Unauthorized", "", "").answer(out);
          }
        };
    RemoteTokenVerifier verifier =
        made(builder(service(), () -> Objects.requireNonNull(current.get())));
    unavailable(verifier);
    current.set("second");
    assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
  }

  @Test
  void failingListenerDoesNotFailChecks() {
    AtomicInteger checked = new AtomicInteger();
    AtomicInteger introspected = new AtomicInteger();
    AtomicReference<Duration> lease = new AtomicReference<>(Duration.ZERO);
    RemoteTokenVerifier verifier =
        made(
            builder()
                .listener(
                    new RemoteListener() {
                      @Override
                      public void verificationStarted() {
                        checked.incrementAndGet();
                        throw new IllegalStateException("metrics are broken");
                      }

                      @Override
                      public void introspected(Duration took, boolean answered) {
                        introspected.incrementAndGet();
                      }

                      @Override
                      public void polled(Duration took, Duration granted) {
                        lease.set(granted);
                      }
                    }));
    for (int i = 0; i < 5; i++) {
      verifier.verify(TOKEN);
    }
    assertEquals(5, checked.get());
    assertEquals(1, introspected.get());
    assertEquals(Duration.ofSeconds(2), lease.get());
  }

  @Test
  void closedVerifierSendsNoRequests() {
    page = PAGE.replace("2000", "200");
    RemoteTokenVerifier verifier = verifier();
    verifier.verify(TOKEN);
    verifier.close();
    AtomicInteger requests = new AtomicInteger();
    Awaitility.await()
        .during(Duration.ofMillis(300))
        .until(() -> requests.getAndSet(server.requests().size()) == requests.get());
    unavailable(verifier);
    assertEquals(requests.get(), server.requests().size());
  }
}
