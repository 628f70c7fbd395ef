package io.accesstokens.auth.remote;

import static io.accesstokens.testing.ScriptedServer.json;
import static io.accesstokens.testing.ScriptedServer.whole;
import static io.accesstokens.testing.ScriptedServer.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.testing.ServerWithoutTls;
import io.accesstokens.testing.UnknownHost;
import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests connections that fail, hang or never end, and the addresses of services. */
class RemoteTokenVerifierConnectionTest extends ScriptedService {

  /** Fails as a credential that cannot be read; no request is sent then. */
  private static VerifierCredential unreadableCredential() {
    throw new IllegalStateException();
  }

  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void release() {
    end.countDown();
  }

  /** Returns a builder for a verifier that is never used. */
  private static RemoteTokenVerifier.Builder builderFor(String address) {
    return RemoteTokenVerifier.builder(
        URI.create(address), RemoteTokenVerifierConnectionTest::unreadableCredential);
  }

  @Test
  void tooLongResponseIsRejected() {
    String padding = " ".repeat(RemoteConnections.MAX_BYTES);
    introspection = json(GOOD + padding);
    String message = String.valueOf(unavailable().getMessage());
    assertTrue(message.contains(": the response is longer than "), message);
    introspection = json(GOOD + padding.substring(GOOD.length()));
    assertInstanceOf(Verification.Accepted.class, verifier().verify(TOKEN));
  }

  @Test
  void tokenWithAsManyScopesAsARequestCanSetIsAccepted() {
    List<String> scopes =
        IntStream.range(0, 400).mapToObj(i -> "scope-" + i + ":" + "x".repeat(242)).toList();
    introspection = json(GOOD.replace("catalog:read x", String.join(" ", scopes)));
    RemoteTokenVerifier verifier = verifier();
    Verification.Accepted first =
        assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
    assertEquals(scopes, first.scopes());
    Verification.Accepted second =
        assertInstanceOf(Verification.Accepted.class, verifier.verifyInStore(TOKEN));
    assertSame(first.scopes().get(399), second.scopes().get(399));
  }

  @Test
  void endlessResponseIsRejected() {
    introspection =
        out -> {
          write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
          while (true) {
            write(out, " ".repeat(1_000));
          }
        };
    unavailable();
  }

  @Test
  void slowResponseTimesOut() {
    introspection =
        out -> {
          write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
          while (!end.await(20, TimeUnit.MILLISECONDS)) {
            write(out, " ");
          }
        };
    assertUnavailableSoon();
  }

  @Test
  void missingResponseTimesOut() {
    introspection = out -> end.await();
    assertUnavailableSoon();
    assertTrue(introspections().size() <= 1, "a request that timed out was sent again");
  }

  private void assertUnavailableSoon() {
    unavailable(made(builder().timeout(Duration.ofMillis(200))));
  }

  @Test
  void brokenResponseIsRetriedOnce() {
    introspection =
        out -> {
          introspection = json(GOOD);
          write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999");
          throw new IOException("broken off");
        };
    assertInstanceOf(Verification.Accepted.class, verifier().verify(TOKEN));
    introspection =
        out -> {
          write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999");
          throw new IOException("broken off");
        };
    int before = introspections().size();
    unavailable();
    assertEquals(before + 2, introspections().size());
  }

  @Test
  void droppedConnectionsAreReplaced() throws IOException {
    introspection = json(GOOD);
    RemoteTokenVerifier verifier = verifier();
    assertInstanceOf(Verification.Accepted.class, verifier.verifyInStore(TOKEN));
    server.dropConnections();
    assertInstanceOf(Verification.Accepted.class, verifier.verifyInStore(TOKEN));
    assertEquals(2, introspections().size());
  }

  @Test
  void refusedConnectionIsAnOutage() throws IOException {
    server.close();
    unavailable();
  }

  /** Returns the threads of HTTP clients that have begun since {@code before} was returned. */
  private static Set<Thread> clientThreads(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().endsWith("SelectorManager"))
        .filter(thread -> !before.contains(thread))
        .collect(Collectors.toSet());
  }

  @Test
  void outageCreatesNoFurtherClients() throws IOException {
    server.close();
    Set<Thread> before = clientThreads(Set.of());
    RemoteTokenVerifier verifier = verifier();
    Set<Thread> seen = new HashSet<>();
    Awaitility.await()
        .during(Duration.ofMillis(2500)) // a new client was created each second
        .until(
            () -> {
              unavailable(verifier);
              seen.addAll(clientThreads(before));
              return seen.size() <= 2; // one for introspections, and one for the changes
            });
  }

  @Test
  void failedCreationOfAClientIsNoFailureOfTheCredential() {
    AtomicInteger created = new AtomicInteger();
    RemoteConnections connections =
        new RemoteConnections(
            LONG,
            () -> {
              if (created.getAndIncrement() > 0) {
                throw new UncheckedIOException(new IOException("too many open files"));
              }
              return new BoundedHttpClient(HttpClient.newBuilder(), RemoteConnections.MAX_BYTES);
            });
    send(connections);
    introspection =
        out -> {
          throw new IOException("broken off");
        };
    Awaitility.await() // no client is created within a second after the first
        .until(
            () -> {
              VerificationUnavailableException thrown =
                  assertThrows(VerificationUnavailableException.class, () -> send(connections));
              String message = String.valueOf(thrown.getMessage());
              assertTrue(
                  message.startsWith("no response from " + service() + " (IOException"), message);
              return created.get() == 2;
            });
    connections.close();
  }

  private void send(RemoteConnections connections) {
    new RemoteServiceClient(connections, () -> VerifierCredential.token(CREDENTIAL))
        .request(
            HttpRequest.newBuilder(service()).POST(HttpRequest.BodyPublishers.noBody()),
            service(),
            body -> body);
  }

  @Test
  void closedVerifierAcceptsNoTokenAndReleasesItsClients() {
    page = PAGE.replace("2000", "0"); // without a lease, each token is introspected
    Set<Thread> before = clientThreads(Set.of());
    RemoteTokenVerifier verifier = verifier();
    Awaitility.await()
        .ignoreExceptions()
        .until(() -> verifier.verify(TOKEN) instanceof Verification.Accepted);
    Set<Thread> own = clientThreads(before);
    assertFalse(own.isEmpty(), "no client has a thread");
    verifier.close();
    assertEquals("the verifier is closed", unavailable(verifier).getMessage());
    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return own.stream().noneMatch(Thread::isAlive);
            });
    assertEquals("the verifier is closed", unavailable(verifier).getMessage());
  }

  @Test
  void whiteSpaceAroundTheCredentialIsIgnored() {
    RemoteTokenVerifier verifier = made(builder(service(), () -> CREDENTIAL.reveal() + "\r\n"));
    assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
    String request = introspections().get(0);
    assertTrue(request.contains("Authorization: Bearer " + CREDENTIAL.reveal() + "\r\n"), request);
    assertThrows(IllegalArgumentException.class, () -> VerifierCredential.token(" \n"));
    assertThrows(IllegalArgumentException.class, () -> VerifierCredential.token("a\nb"));
  }

  @Test
  void messageNamesTheFailureOfTheCredentialWithoutItsSecret() {
    IOException cause = new NoSuchFileException("/secret");
    RemoteTokenVerifier verifier =
        made(
            builder(
                service(),
                () -> {
                  throw new UncheckedIOException("secret", cause);
                }));
    assertEquals(
        "the verifier's own credential cannot be read: java.nio.file.NoSuchFileException",
        assertThrows(VerificationUnavailableException.class, () -> verifier.verifyInStore(TOKEN))
            .getMessage());
    assertEquals(0, introspections().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "302 Found | 302: the verifier follows no redirect, so set the service's address to the"
            + " final one",
        "404 Not Found | 404: check the service's address and the path of its API",
        "407 Proxy Authentication Required | 407: a proxy requires a credential, which the"
            + " verifier does not send, so exempt the service from the proxy, for example by"
            + " http.nonProxyHosts",
        "429 Too Many Requests | 429: too many unknown tokens, or the verifier's own token is"
            + " limited to a number of requests",
        "500 Internal Server Error | 500"
      })
  void messageSaysWhatToCheck(String status, String message) {
    introspection = whole(status, "", "");
    assertEquals(
        service() + "api/access-tokens/introspect responded with " + message,
        unavailable().getMessage());
  }

  /** Returns null where the compiler expects another type, as a caller without NullAway can. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  @Test
  void missingArgumentsAreRejectedAtOnce() {
    URI address = URI.create("https://tokens.example.com");
    assertThrows(NullPointerException.class, () -> RemoteTokenVerifier.builder(address, nothing()));
    assertThrows(
        NullPointerException.class,
        () ->
            RemoteTokenVerifier.builder(
                nothing(), RemoteTokenVerifierConnectionTest::unreadableCredential));
    assertThrows(NullPointerException.class, () -> VerifierCredential.basic("name", nothing()));
    assertThrows(NullPointerException.class, () -> AccessTokensFeature.builder(nothing()));
    RemoteTokenVerifier.Builder remote =
        RemoteTokenVerifier.builder(
            address, RemoteTokenVerifierConnectionTest::unreadableCredential);
    AccessTokensFeature.Builder feature = AccessTokensFeature.builder(token -> nothing());
    assertNames("longest", () -> remote.cacheTtl(nothing()));
    assertNames("remoteListener", () -> remote.listener(nothing()));
    assertNames("timeout", () -> remote.connectTimeout(nothing()));
    assertNames("timeout", () -> remote.timeout(nothing()));
    assertNames("path", () -> remote.apiPath(nothing()));
    assertNames("context", () -> remote.sslContext(nothing()));
    assertNames("format", () -> feature.format(nothing()));
    assertNames("listener", () -> feature.listener(nothing()));
    assertNames("limit", () -> feature.unknownTokens(nothing()));
    assertNames("listener", () -> feature.missingPermissionListener(nothing()));
    assertNames("mode", () -> feature.mode(nothing()));
    assertNames("policy", () -> feature.modes(nothing()));
    assertNames("undeclared", () -> feature.undeclared(nothing()));
    assertNames("replacement", () -> feature.errors(nothing()));
    assertNames("resourceClasses", () -> feature.onlyOn(nothing()));
  }

  private static void assertNames(String argument, Executable call) {
    assertEquals(argument, assertThrows(NullPointerException.class, call, argument).getMessage());
  }

  @Test
  void interruptedCallerStaysInterrupted() {
    RemoteTokenVerifier verifier = verifier();
    Thread.currentThread().interrupt();
    assertThrows(VerificationUnavailableException.class, () -> verifier.verify(TOKEN));
    assertTrue(Thread.interrupted(), "the interrupt status was cleared");
  }

  @Test
  void messageNamesTheCauseOfAFailedConnection() throws Exception {
    try (ServerWithoutTls server = new ServerWithoutTls()) {
      assertCause("https://127.0.0.1:" + server.port(), "SSLException: ");
    }
    assertCause("http://127.0.0.1:" + ServerProcess.freePort(), "ConnectException");
    assertCause("https://" + UnknownHost.NAME, "UnresolvedAddressException");
  }

  @ParameterizedTest
  @CsvSource({"IP:127.0.0.1, true", "IP:127.0.0.1, false", "DNS:other.example, true"})
  void tokenIsSentOnlyToAServerWithATrustedCertificateForItsName(
      String names, boolean trusted, @TempDir Path folder) throws Exception {
    Certificate certificate = Certificate.selfSigned(folder, names);
    try (ScriptedServer tls = new ScriptedServer(certificate.serving())) {
      tls.converse(this::answer);
      RemoteTokenVerifier.Builder builder =
          builder(URI.create("https://127.0.0.1:" + tls.port() + "/tokens"), CREDENTIAL::reveal);
      RemoteTokenVerifier verifier =
          made(trusted ? builder.sslContext(certificate.trusting()) : builder);
      if (trusted && names.equals("IP:127.0.0.1")) {
        assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
      } else {
        unavailable(verifier);
        String message =
            String.valueOf(
                assertThrows(
                        VerificationUnavailableException.class, () -> verifier.verifyInStore(TOKEN))
                    .getMessage());
        assertTrue(message.contains("(SSLHandshakeException: "), message);
        assertEquals(List.of(), tls.requests());
      }
    }
  }

  private static void assertCause(String address, String cause) {
    URI uri = URI.create(address);
    RemoteConnections connections = new RemoteConnections(LONG, LONG, Optional.empty());
    RemoteServiceClient service =
        new RemoteServiceClient(connections, () -> VerifierCredential.token(CREDENTIAL));
    VerificationUnavailableException thrown =
        assertThrows(
            VerificationUnavailableException.class,
            () -> service.request(HttpRequest.newBuilder(uri), uri, body -> body));
    connections.close();
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.startsWith("no response from " + address + " ("), message);
    assertTrue(message.contains(cause), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://token_service:8080", "https://t\u00f6kens.example"})
  void addressWithAnInvalidHostIsRejectedWithTheRule(String address) {
    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> builderFor(address).build());
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains("no underscores"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:secret@token_service",
        "http://tokens.example.com",
        "http://10.0.0.1:8080",
        "http://localhost.example.com",
        "http://127.example.com",
        "ftp://tokens.example.com",
        "tokens.example.com",
        "/tokens",
        "mailto:a@example.com",
        "https:///path",
        "https://user:secret@tokens.example.com",
        "https://tokens.example.com?x=1",
        "https://tokens.example.com#x",
        "https://tokens.example.com:65536",
      })
  void insecureOrMalformedAddressIsRejected(String address) {
    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> builderFor(address).build());
    String message = String.valueOf(thrown.getMessage());
    assertFalse(message.contains("secret"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://tokens.example.com",
        "HTTPS://tokens.example.com/a/b/",
        "http://localhost:8080",
        "http://127.0.0.2",
        "http://[::1]:80/x",
        "https://tokens.example.com:65535",
      })
  void secureAndLoopbackAddressesAreAccepted(String address) {
    builderFor(address).build().close();
  }

  @Test
  void plainHttpNeedsExplicitPermission() {
    builderFor("http://tokens.mesh.example").allowPlainHttp().build().close();
  }

  @Test
  void durationIsPositiveAndAtMostACentury() {
    for (Duration wrong : List.of(Duration.ZERO, ChronoUnit.FOREVER.getDuration())) {
      assertThrows(IllegalArgumentException.class, () -> builder().timeout(wrong));
      assertThrows(IllegalArgumentException.class, () -> builder().connectTimeout(wrong));
      assertThrows(IllegalArgumentException.class, () -> builder().cacheTtl(wrong));
    }
    introspection = json(GOOD);
    Duration longest = Duration.ofDays(36_500);
    try (RemoteTokenVerifier verifier =
        builder().timeout(longest).connectTimeout(longest).cacheTtl(longest).build()) {
      assertInstanceOf(Verification.Accepted.class, verifier.verify(TOKEN));
    }
  }
}
