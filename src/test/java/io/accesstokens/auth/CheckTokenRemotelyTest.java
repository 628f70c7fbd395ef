package io.accesstokens.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service's answers, and what stands between: each is a script of bytes on a real socket. */
class CheckTokenRemotelyTest {

  private static final RawToken TOKEN =
      RawTokenFormat.DEFAULT.mint(RawToken.Kind.SERVICE, new SplittableRandom(1));
  private static final String GOOD =
      "{\"type\":\"service\",\"subject\":\"service-token:group:default/platform:deploy\","
          + "\"scopes\":[\"catalog:read\",\"x\"],\"permissions\":[],"
          + "\"expiresAt\":\"2027-01-01T00:00:00.000Z\","
          + "\"tokenId\":\"6f9619ff-8b86-4d01-b42d-00c04fc964ff\",\"more\":{}}";

  /** What a connection does with a request that it has read. */
  private interface Script {
    void answer(OutputStream out) throws Exception;
  }

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private ServerSocket server;
  private volatile Script script;

  @BeforeEach
  void listen() throws IOException {
    script = out -> {};
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "scripted server");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void close() throws IOException {
    end.countDown();
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void serve() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread thread = new Thread(() -> converse(socket), "scripted connection");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException e) {
      // It is closed: the test is over.
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      for (int c = in.read(); c >= 0; c = in.read()) {
        head.write(c);
        if (head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
          requests.add(head.toString(StandardCharsets.ISO_8859_1));
          head.reset();
          script.answer(socket.getOutputStream());
        }
      }
    } catch (Exception e) {
      // The client went away, or the script closed the connection: what the test is about.
    }
  }

  private URI service() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/tokens/");
  }

  private RemoteTokenCheck check() {
    return RemoteTokenCheck.of(service());
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static Script whole(String status, String headers, String body) {
    return out ->
        write(
            out,
            "HTTP/1.1 "
                + status
                + "\r\n"
                + headers
                + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\n\r\n"
                + body);
  }

  private static Script json(String body) {
    return whole("200 OK", "Content-Type: application/json\r\n", body);
  }

  private VerificationUnavailable unavailable() {
    RemoteTokenCheck check = check();
    VerificationUnavailable thrown =
        assertThrows(VerificationUnavailable.class, () -> check.check(TOKEN));
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      assertFalse(String.valueOf(t).contains(TOKEN.reveal()), "the token is in a message");
    }
    return thrown;
  }

  @Test
  void aServiceTokenIsAcceptedWithAllThatIsKnownOfIt() {
    script = json(GOOD);
    assertEquals(
        new Verification.Accepted(
            UUID.fromString("6f9619ff-8b86-4d01-b42d-00c04fc964ff"),
            "service-token:group:default/platform:deploy",
            new EntityRef("group", "default", "platform"),
            List.of("catalog:read", "x"),
            Instant.parse("2027-01-01T00:00:00Z")),
        check().check(TOKEN));
    String request = requests.get(0);
    assertTrue(request.startsWith("GET /tokens/api/access-tokens/whoami HTTP/1.1\r\n"), request);
    assertTrue(request.contains("Authorization: Bearer " + TOKEN.reveal() + "\r\n"));
  }

  @Test
  void aPersonIsNoToken() {
    script =
        json(
            "{\"type\":\"user\",\"subject\":\"user:default/alice\",\"scopes\":[],"
                + "\"permissions\":[],\"expiresAt\":null}");
    assertEquals(WhoAmIAnswer.UNKNOWN, check().check(TOKEN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer realm=\"access-tokens\", error=\"invalid_token\"",
        "bearer error=invalid_token",
        "Basic realm=\"x\", charset=\"UTF-8\", Bearer realm=\"a, b\", error=\"invalid_token\"",
        "Negotiate, Bearer error=\"invalid_token\", Basic realm=\"x\"",
      })
  void aChallengeThatNamesTheTokenRefusesIt(String challenge) {
    script = whole("401 Unauthorized", "WWW-Authenticate: " + challenge + "\r\n", "");
    assertEquals(WhoAmIAnswer.UNKNOWN, check().check(TOKEN));
  }

  @Test
  void theChallengeMayBeOneOfManyFields() {
    script =
        whole(
            "401 Unauthorized",
            "WWW-Authenticate: Basic realm=\"x\"\r\n"
                + "WWW-Authenticate: Bearer realm=\"y\", error=\"invalid_token\"\r\n",
            "");
    assertEquals(WhoAmIAnswer.UNKNOWN, check().check(TOKEN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic realm=\"proxy\"",
        "Bearer realm=\"proxy\"",
        "Bearer error=\"insufficient_scope\"",
        "Bearer realm=\"proxy\", Basic error=\"invalid_token\"",
        "Bearer xerror=\"invalid_token\"",
        "",
      })
  void anyOther401IsNotAboutTheToken(String challenge) {
    script = whole("401 Unauthorized", "WWW-Authenticate: " + challenge + "\r\n", "");
    unavailable();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "204 No Content",
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
        "400 Bad Request",
        "403 Forbidden",
        "404 Not Found",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
      })
  void noOtherStatusSaysAnything(String status) {
    script =
        whole(
            status,
            "Content-Type: application/json\r\nLocation: " + service() + "elsewhere\r\n",
            status.startsWith("204") ? "" : GOOD);
    unavailable();
    assertEquals(1, requests.size(), "a redirect was followed, or an answer not believed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"type\":null}",
        "{\"type\":7}",
        "not json",
        "{\"type\":\"service\"}",
      })
  void halfAnAnswerIsNone(String body) {
    script = json(body);
    unavailable();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "service-token:|service:",
        "group:default/platform:deploy|group:default/platform:",
        "group:default/platform:deploy|deploy",
        "group:default/platform:deploy|platform:deploy",
        "group:default/platform:deploy|group:platform:deploy",
        "group:default/platform:deploy|Group:default/platform:deploy",
        "group:default/platform:deploy|user:default/platform:deploy",
        "group:default/platform:deploy|group:default/a:b:deploy",
        "group:default/platform:deploy|group:default/platform:de ploy",
        "group:default/platform:deploy| group:default/platform:deploy",
        "\"6f9619ff-8b86-4d01-b42d-00c04fc964ff\"|null",
        "6f9619ff-8b86-4d01-b42d-00c04fc964ff|1-1-1-1-1",
        "\"2027-01-01T00:00:00.000Z\"|null",
        "2027-01-01T00:00:00.000Z|2027-01-01",
        "\"expiresAt\"|\"expires\"",
        "[\"catalog:read\",\"x\"]|\"catalog:read\"",
        "[\"catalog:read\",\"x\"]|null",
        "[\"catalog:read\",\"x\"]|[7]",
        "[\"catalog:read\",\"x\"]|[\"catalog:read x\"]",
        "[\"catalog:read\",\"x\"]|[\"\"]",
        "\"more\":{}|\"type\":\"user\"",
        "\"more\":{}|\"scopes\":[\"admin\"]",
        "\"more\":{}}|\"more\":{}",
        "\"more\":{}}|\"more\":{}}{}",
      })
  void oneWrongFieldSpoilsTheAnswer(String change) {
    String[] parts = change.split("\\|", 2);
    String body = GOOD.replace(parts[0], parts[1]);
    assertFalse(body.equals(GOOD));
    script = json(body);
    unavailable();
  }

  @Test
  void noDepthOfNestingIsTooMuch() {
    script = json("{\"more\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}");
    unavailable();
  }

  @Test
  void onlyJsonIsRead() {
    script = whole("200 OK", "Content-Type: text/html\r\n", GOOD);
    unavailable();
    script = whole("200 OK", "", GOOD);
    unavailable();
    script = whole("200 OK", "Content-Type: Application/JSON;charset=UTF-8\r\n", GOOD);
    assertTrue(check().check(TOKEN) instanceof Verification.Accepted);
  }

  @Test
  void anAnswerThatIsTooLongIsNotRead() {
    String padding = " ".repeat(RemoteConnections.MAX_BYTES);
    script = json(GOOD + padding);
    unavailable();
    script = json(GOOD + padding.substring(GOOD.length()));
    assertTrue(check().check(TOKEN) instanceof Verification.Accepted);
  }

  @Test
  void anAnswerWithoutEndIsNotRead() {
    script =
        out -> {
          write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
          while (true) {
            write(out, " ".repeat(1_000));
          }
        };
    unavailable();
  }

  @Test
  void anAnswerThatTricklesIsGivenUp() {
    script =
        out -> {
          write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
          while (!end.await(20, TimeUnit.MILLISECONDS)) {
            write(out, " ");
          }
        };
    assertUnavailableSoon();
  }

  @Test
  void silenceIsGivenUp() {
    script = out -> end.await();
    assertUnavailableSoon();
    assertEquals(1, requests.size(), "a request that timed out was sent again");
  }

  private void assertUnavailableSoon() {
    RemoteTokenCheck check =
        RemoteTokenCheck.builder(service()).timeout(Duration.ofMillis(200)).build();
    assertThrows(VerificationUnavailable.class, () -> check.check(TOKEN));
  }

  @Test
  void anAnswerThatBreaksOffIsTriedOnceMore() {
    script =
        out -> {
          script = json(GOOD);
          write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999");
          throw new IOException("broken off");
        };
    assertTrue(check().check(TOKEN) instanceof Verification.Accepted);
    script =
        out -> {
          write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999");
          throw new IOException("broken off");
        };
    int before = requests.size();
    unavailable();
    assertEquals(before + 2, requests.size());
  }

  @Test
  void connectionsThatDiedMeanwhileAreReplaced() throws IOException {
    script = json(GOOD);
    RemoteTokenCheck check = check();
    check.check(TOKEN);
    for (Socket socket : sockets) {
      socket.close();
    }
    assertTrue(check.check(TOKEN) instanceof Verification.Accepted);
  }

  @Test
  void noConnectionIsAnOutage() throws IOException {
    server.close();
    unavailable();
  }

  @Test
  void anInterruptedCallerStaysInterrupted() {
    RemoteTokenCheck check = check();
    Thread.currentThread().interrupt();
    assertThrows(VerificationUnavailable.class, () -> check.check(TOKEN));
    assertTrue(Thread.interrupted());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
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
      })
  void anAddressThatWouldLeakIsRefused(String address) {
    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class, () -> RemoteTokenCheck.of(URI.create(address)));
    assertFalse(String.valueOf(thrown.getMessage()).contains("secret"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://tokens.example.com",
        "HTTPS://tokens.example.com/a/b/",
        "http://localhost:8080",
        "http://127.0.0.2",
        "http://[::1]:80/x",
      })
  void otherAddressesAreNot(String address) {
    RemoteTokenCheck.of(URI.create(address));
  }

  @Test
  void plainHttpIsAllowedByNameOnly() {
    RemoteTokenCheck.builder(URI.create("http://tokens.mesh.example")).allowPlainHttp().build();
    assertThrows(
        IllegalArgumentException.class,
        () -> RemoteTokenCheck.builder(service()).timeout(Duration.ZERO));
  }
}
