package io.accesstokens.jwt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.jwt.IssuerKeys.CacheTimes;
import io.accesstokens.jwt.JwtListener.Reason;
import io.accesstokens.jwt.JwtVerdict.Accepted;
import io.accesstokens.jwt.JwtVerdict.Refused;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.login.PublishedKeys;
import io.accesstokens.testing.JwtIssuerServer;
import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.TimeLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how keys are read, cached and refreshed, over real HTTP. */
class IssuerKeysTest {

  /** The timeout of the tests in which the issuer does not respond, or keys expire soon. */
  private static final Duration TIMEOUT = Duration.ofMillis(500);

  /** The timeout of all other tests, too long for a busy machine to exceed. */
  private static final Duration LONG_TIMEOUT = Duration.ofMinutes(3);

  /** The maximum time of a verification, a few times {@link #TIMEOUT}. */
  private static final Duration BOUND = TIMEOUT.multipliedBy(4);

  /** The maximum age of cached keys in {@link #shortTimes}, longer than {@link #TIMEOUT}. */
  private static final Duration FRESH = TIMEOUT.plusMillis(200);

  private JwtIssuerServer issuer;
  private TrustedIssuers issuers = new TrustedIssuers(List.of(), InstantSource.system());

  @BeforeEach
  void trust() throws Exception {
    issuer = new JwtIssuerServer();
    times(CacheTimes.DEFAULT, LONG_TIMEOUT);
  }

  private JwtVerdict verify(String token) {
    return issuers.verify(token, SignatureLimit.NONE, null);
  }

  private void times(CacheTimes times, Duration timeout) {
    issuers.close();
    issuers =
        new TrustedIssuers(
            List.of(trusted(issuer.issuer(), timeout)), InstantSource.system(), times);
  }

  private TrustedIssuer trusted(String name, Duration timeout) {
    return new TrustedIssuer(
        name,
        JwtIssuerServer.AUDIENCE,
        Set.of("ES256"),
        issuer.keys(),
        EntityRefTemplate.ofUsers("{sub}").orElseThrow(),
        EntityRefTemplate.ofGroups("{ent}").orElseThrow(),
        Duration.ofSeconds(60),
        timeout);
  }

  @AfterEach
  void end() {
    issuers.close();
    issuer.close();
  }

  private String token() {
    return issuer.token("user:default/carol");
  }

  private static void assertAccepted(JwtVerdict verdict) {
    assertInstanceOf(Accepted.class, verdict);
  }

  private void assertUnavailable(String token) {
    TimeLimits.within(
        BOUND, () -> assertThrows(KeysUnavailableException.class, () -> verify(token)));
  }

  @Test
  void keysAreReadOnceForManyTokens() {
    for (int i = 0; i < 20; i++) {
      assertAccepted(verify(token()));
    }
    assertEquals(1, issuer.requests());
  }

  @Test
  void concurrentFirstVerificationsShareOneRequest() throws Exception {
    issuer.setHandler(
        (exchange, keys) -> {
          sleep(100);
          try (exchange) {
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
          }
        });
    String token = token();
    List<JwtVerdict> verdicts = Parallel.run(16, i -> verify(token));
    verdicts.forEach(IssuerKeysTest::assertAccepted);
    assertEquals(1, issuer.requests());
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void rotatedKeyIsReadAtOnceAndTheOldKeyIsRefused() throws Exception {
    String before = token();
    assertAccepted(verify(before));
    issuer.rotate();
    assertAccepted(verify(token()));
    assertEquals(new Refused(Reason.UNKNOWN_KEY), verify(before));
  }

  @Test
  void floodOfUnknownKeysCausesFewRequests() throws Exception {
    assertAccepted(verify(token()));
    long start = System.nanoTime();
    for (int i = 0; i < 50; i++) {
      JWK foreign = JwtIssuerServer.ellipticKey();
      String token = issuer.sign(issuer.claims("user:default/x").build(), foreign, header -> {});
      assertEquals(new Refused(Reason.UNKNOWN_KEY), verify(token));
    }
    assertAccepted(verify(token()));
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    int most = 4 + 2 * (int) (seconds / 5); // at most two reads in five seconds
    assertTrue(issuer.requests() <= most, () -> issuer.requests() + " requests");
  }

  @Test
  void unreachableIssuerIsAnOutageUntilItRestarts() throws Exception {
    times(shortTimes(Duration.ofHours(1)), TIMEOUT);
    String token = token();
    issuer.stop();
    for (int i = 0; i < 5; i++) {
      assertUnavailable(token);
    }
    issuer.restart();
    recovers(token);
  }

  private void recovers(String token) {
    Awaitility.await()
        .ignoreException(KeysUnavailableException.class)
        .untilAsserted(() -> assertAccepted(verify(token)));
  }

  /**
   * Returns cache times after which the tests need not wait long.
   *
   * @param outage the maximum age of old keys during an outage
   */
  private static CacheTimes shortTimes(Duration outage) {
    return new CacheTimes(FRESH, Duration.ofMillis(100), outage, Duration.ofMillis(50));
  }

  private static JwtIssuerServer.KeysHandler sending(String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return (exchange, keys) -> {
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    };
  }

  @Test
  void invalidOrLateKeySetIsAnOutage() {
    byte[] endless =
        "x".repeat(TrustedIssuers.MAX_KEY_SET_BYTES + 1).getBytes(StandardCharsets.UTF_8);
    List<JwtIssuerServer.KeysHandler> handlers =
        List.of(
            (exchange, keys) -> exchange.sendResponseHeaders(500, -1),
            (exchange, keys) -> exchange.sendResponseHeaders(404, -1),
            (exchange, keys) -> {
              exchange.getResponseHeaders().add("Location", issuer.keys() + "?again");
              exchange.sendResponseHeaders(302, -1);
            },
            sending("{}"),
            sending("null"),
            sending("{\"keys\":{}}"),
            (exchange, keys) -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write(endless);
              exchange.close();
            },
            (exchange, keys) -> exchange.close(),
            (exchange, keys) -> {
              // Each byte arrives within the timeout, the whole response does not.
              exchange.sendResponseHeaders(200, keys.length);
              for (byte b : keys) {
                exchange.getResponseBody().write(b);
                exchange.getResponseBody().flush();
                sleep(50);
              }
            });
    for (JwtIssuerServer.KeysHandler handler : handlers) {
      times(CacheTimes.DEFAULT, TIMEOUT);
      issuer.setHandler(handler);
      assertUnavailable(token());
    }
  }

  @Test
  void hangingIssuerBlocksNoThreadBeyondTheTimeout() throws Exception {
    times(CacheTimes.DEFAULT, TIMEOUT);
    issuer.hang();
    String token = token();
    List<Boolean> outages =
        TimeLimits.within(
            BOUND,
            () ->
                Parallel.run(
                    16,
                    i -> {
                      try {
                        verify(token);
                        return false;
                      } catch (KeysUnavailableException e) {
                        return true;
                      }
                    }));
    assertEquals(List.of(true), outages.stream().distinct().toList());
    // The same holds for an unknown key; a malformed token is still reported as malformed.
    assertUnavailable(token());
    assertEquals(new Refused(Reason.MALFORMED), verify("junk"));
  }

  @Test
  void hangingIssuerBlocksALimitedNumberOfThreads() throws Exception {
    // The timeout is longer than the test, so the waiting threads wait until its end.
    times(CacheTimes.DEFAULT, LONG_TIMEOUT);
    String known = token();
    assertAccepted(verify(known));
    issuer.hang();
    String foreign =
        issuer.sign(
            issuer.claims("user:default/x").build(), JwtIssuerServer.ellipticKey(), header -> {});
    AtomicInteger refused = new AtomicInteger();
    ExecutorService callers = Executors.newCachedThreadPool();
    try {
      for (int i = 0; i < 200; i++) {
        callers.execute(
            () -> {
              assertThrows(KeysUnavailableException.class, () -> verify(foreign));
              refused.incrementAndGet();
            });
      }
      Awaitility.await().until(() -> refused.get() >= 100);
      assertAccepted(verify(known));
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void hangingIssuersTogetherBlockALimitedNumberOfThreads() throws Exception {
    // The timeout is longer than the test, so the waiting threads wait until its end.
    List<String> names = List.of("http://a", "http://b", "http://c", "http://d");
    issuers.close();
    issuers =
        new TrustedIssuers(
            names.stream().map(name -> trusted(name, LONG_TIMEOUT)).toList(),
            InstantSource.system());
    issuer.hang();
    List<String> tokens =
        names.stream()
            .map(name -> issuer.sign(issuer.claims("user:default/x").issuer(name).build()))
            .toList();
    AtomicInteger refused = new AtomicInteger();
    ExecutorService callers = Executors.newCachedThreadPool();
    try {
      for (int i = 0; i < 200; i++) {
        String token = tokens.get(i % tokens.size());
        callers.execute(
            () -> {
              assertThrows(KeysUnavailableException.class, () -> verify(token));
              refused.incrementAndGet();
            });
      }
      Awaitility.await()
          .untilAsserted(() -> assertTrue(refused.get() >= 200 - 64, () -> "refused: " + refused));
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void oldKeysAreNotUsedAfterTheMaximumAge() throws Exception {
    Duration most = FRESH.multipliedBy(2);
    times(shortTimes(most), TIMEOUT);
    String token = token();
    recovers(token);
    long read = System.nanoTime();
    issuer.stop();
    Awaitility.await()
        .ignoreException(KeysUnavailableException.class)
        .until(
            () -> System.nanoTime() - read >= most.toNanos() || verify(token) instanceof Refused);
    assertUnavailable(token);
    issuer.restart();
    recovers(token);
  }

  @Test
  void cachedKeysAreUsedDuringAnOutage() throws Exception {
    times(shortTimes(Duration.ofHours(1)), TIMEOUT);
    String token = token();
    recovers(token);
    issuer.stop();
    long end = System.nanoTime() + FRESH.multipliedBy(2).toNanos();
    Awaitility.await()
        .until(
            () -> {
              assertAccepted(verify(token));
              return System.nanoTime() - end >= 0;
            });
    // A key that is not cached may be a new one, so the token cannot be verified.
    String other =
        issuer.sign(
            issuer.claims("user:default/x").build(), JwtIssuerServer.ellipticKey(), header -> {});
    assertUnavailable(other);
  }

  /** The issuer does not respond to the request for the refresh, so a thread would wait for it. */
  @Test
  void keysAreRefreshedInTheBackground() {
    Duration hour = Duration.ofHours(1);
    times(
        new CacheTimes(hour, hour.minus(FRESH), hour.multipliedBy(2), Duration.ofMillis(50)),
        TIMEOUT);
    String token = token();
    recovers(token);
    int before = issuer.requests();
    issuer.hang();
    Awaitility.await()
        .until(
            () -> {
              long start = System.nanoTime();
              assertAccepted(verify(token));
              boolean waited = System.nanoTime() - start >= TIMEOUT.toNanos();
              return issuer.requests() > before && !waited;
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "none", "ES384", "RS256"})
  void disallowedAlgorithmIsRefusedWithoutTheIssuer(String algorithm) {
    issuer.stop();
    String[] parts = token().split("\\.", -1);
    String header = Base64URL.encode("{\"alg\":\"" + algorithm + "\"}").toString();
    assertInstanceOf(Refused.class, verify(header + "." + parts[1] + "." + parts[2]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "{\"kty\":\"RSA\"}"})
  void keySetWithoutAUsableKeyIsAValidResponse(String keys) {
    issuer.setHandler(sending("{\"keys\":[" + keys + "]}"));
    assertEquals(new Refused(Reason.UNKNOWN_KEY), verify(token()));
  }

  /**
   * Every key has the same id as the valid key, so that it would be used if it were not ignored.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kid\":ID,\"kty\":\"EC\",\"use\":\"enc\",\"crv\":\"BP-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
        "{\"kid\":ID,\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
        "{\"kid\":ID,\"kty\":\"OKP\",\"crv\":\"X\",\"x\":\"AAAA\"}",
        "{\"kid\":ID,\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"pub\":\"AAAA\"}",
        "{\"kid\":ID,\"kty\":\"RSA\",\"e\":\"AQAB\"}",
        "{\"kid\":ID}",
        "{\"kid\":5,\"kty\":\"RSA\",\"n\":\"sXch\",\"e\":\"AQAB\"}",
        "{\"kid\":ID,\"kty\":\"RSA\",\"n\":\"sXch\",\"e\":\"AQAB\",\"use\":\"sig\",\"key_ops\":[\"encrypt\"]}",
        "{\"kid\":ID,\"kty\":\"RSA\",\"n\":\"sXch\",\"e\":\"AQAB\",\"key_ops\":[\"x\"]}",
        "{\"kid\":ID,\"kty\":\"RSA\",\"n\":\"sXch\",\"e\":\"AQAB\",\"x5c\":[\"!!\"]}",
        "{\"kid\":ID,\"kty\":\"RSA\",\"n\":\"sXch\",\"e\":\"AQAB\",\"x5u\":\":::x\"}",
        "\"text\"",
        "[]",
        "null"
      })
  void unusableKeyIsIgnored(String other) {
    String valid = issuer.key().toPublicJWK().toString();
    String unusable = other.replace("ID", '"' + issuer.key().getKeyID() + '"');
    issuer.setHandler(sending("{\"keys\":[" + unusable + "," + valid + "]}"));
    assertAccepted(verify(token()));
  }

  @Test
  void shortRsaKeyIsIgnored() throws Exception {
    JWK weak = new RSAKeyGenerator(1_024, true).generate();
    JWK valid = issuer.key().toPublicJWK();
    List<Integer> ignored = new ArrayList<>();
    String keys = new JWKSet(List.of(weak.toPublicJWK(), valid)).toString();
    assertEquals(List.of(valid), PublishedKeys.parse(keys, ignored::add).getKeys());
    assertEquals(List.of(1), ignored);
  }

  @Test
  void closeStopsTheThreads() {
    assertAccepted(verify(token()));
    issuers.close();
    assertEquals(
        List.of(),
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter("access-tokens-issuer-keys"::equals)
            .toList());
    assertThrows(
        KeysUnavailableException.class,
        () ->
            verify(
                issuer.sign(
                    issuer.claims("x").build(), JwtIssuerServer.ellipticKey(), header -> {})));
  }
}
