package io.accesstokens.ldap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.unboundid.ldap.protocol.ExtendedResponseProtocolOp;
import com.unboundid.ldap.sdk.Filter;
import io.accesstokens.ldap.LdapServer.Security;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.UnknownHost;
import io.accesstokens.testing.server.LdapTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that passwords are sent only to LDAP servers with a trusted certificate. */
class LdapTrustTest {

  @TempDir static Path folder;

  private static Certificate right;
  private static Certificate otherHosts;

  @BeforeAll
  static void makeCertificates() throws Exception {
    right = Certificate.selfSigned(Files.createDirectory(folder.resolve("right")));
    otherHosts =
        Certificate.selfSigned(
            Files.createDirectory(folder.resolve("other")), "DNS:ldap.example.com");
  }

  private static String signIn(String host, int port, Security security, @Nullable Path caFile)
      throws Exception {
    try (LdapConnections connections =
        LdapConnections.create(LdapFixture.at(host, port, security, caFile))) {
      return LdapFixture.signIn(
          new LdapIdentityStore(connections, LdapFixture.USERS), "carol", "carolcarol");
    }
  }

  @Test
  void signsInOverTls() throws Exception {
    try (LdapTree tree = LdapTree.withTls(right)) {
      for (String host : new String[] {"127.0.0.1", "localhost"}) {
        assertEquals(
            "user:default/carol", signIn(host, tree.port(), Security.TLS, right.certificateFile()));
      }
    }
  }

  @Test
  void signsInOverStartTls() throws Exception {
    try (LdapTree tree = LdapTree.withStartTls(right)) {
      assertEquals(
          "user:default/carol",
          signIn("127.0.0.1", tree.port(), Security.START_TLS, right.certificateFile()));
    }
  }

  @Test
  void hangingHandshakeDoesNotDelayOtherConnections() throws Exception {
    AtomicInteger handshakes = new AtomicInteger();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ScriptedLdapServer hanging =
            new ScriptedLdapServer(
                (request, in, out) -> {
                  out.write(
                      ScriptedLdapServer.response(
                          request,
                          new ExtendedResponseProtocolOp(0, null, null, null, null, null)));
                  if (in.read() >= 0) {
                    handshakes.incrementAndGet();
                    in.transferTo(OutputStream.nullOutputStream());
                  }
                });
        LdapConnections connections =
            LdapConnections.create(
                LdapFixture.at("127.0.0.1", hanging.port(), Security.START_TLS, null))) {
      LdapIdentityStore store = new LdapIdentityStore(connections, LdapFixture.USERS);
      for (int i = 0; i < 4; i++) {
        threads.execute(
            () ->
                assertThrows(
                    SignInUnavailableException.class,
                    () -> LdapFixture.signIn(store, "carol", "carolcarol")));
      }
      Awaitility.await().until(() -> handshakes.get() == 4);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void noPasswordIsSentIfStartTlsFails() throws Exception {
    try (LdapTree tree = LdapTree.start()) {
      assertThrows(
          SignInUnavailableException.class,
          () -> signIn("127.0.0.1", tree.port(), Security.START_TLS, right.certificateFile()));
      assertEquals(0, tree.binds(), "no password was sent");
    }
  }

  @Test
  void untrustedAuthorityIsRefused() throws Exception {
    try (LdapTree tls = LdapTree.withTls(right);
        LdapTree startTls = LdapTree.withStartTls(right)) {
      for (Path file : new Path[] {otherHosts.certificateFile(), null}) {
        assertThrows(
            SignInUnavailableException.class,
            () -> signIn("127.0.0.1", tls.port(), Security.TLS, file));
        assertThrows(
            SignInUnavailableException.class,
            () -> signIn("127.0.0.1", startTls.port(), Security.START_TLS, file));
      }
      assertEquals(0, tls.binds() + startTls.binds());
    }
  }

  @Test
  void changedAuthorityIsTrustedAtTheNextConnection() throws Exception {
    Path authority = folder.resolve("authority.pem");
    Files.copy(otherHosts.certificateFile(), authority);
    // A comment can have any encoding.
    byte[] comment = "prüfstelle\n".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(authority, comment, StandardOpenOption.APPEND);
    try (LdapTree tls = LdapTree.withTls(right);
        LdapTree startTls = LdapTree.withStartTls(right);
        LdapConnections ofTls =
            LdapConnections.create(
                LdapFixture.at("127.0.0.1", tls.port(), Security.TLS, authority));
        LdapConnections ofStartTls =
            LdapConnections.create(
                LdapFixture.at("127.0.0.1", startTls.port(), Security.START_TLS, authority))) {
      for (LdapConnections connections : List.of(ofTls, ofStartTls)) {
        LdapIdentityStore store = new LdapIdentityStore(connections, LdapFixture.USERS);
        assertThrows(
            SignInUnavailableException.class,
            () -> LdapFixture.signIn(store, "carol", "carolcarol"));
      }
      Path changed = folder.resolve("authority.pem.new");
      Files.writeString(changed, "\ufeff" + Files.readString(right.certificateFile()));
      Files.move(changed, authority, StandardCopyOption.REPLACE_EXISTING);
      for (LdapConnections connections : List.of(ofTls, ofStartTls)) {
        LdapIdentityStore store = new LdapIdentityStore(connections, LdapFixture.USERS);
        Awaitility.await()
            .ignoreException(SignInUnavailableException.class)
            .until(
                () ->
                    LdapFixture.signIn(store, "carol", "carolcarol").equals("user:default/carol"));
      }
      Files.writeString(authority, "broken");
      for (LdapConnections connections : List.of(ofTls, ofStartTls)) {
        Awaitility.await().until(() -> !connections.isCaFileUsable());
      }
    }
  }

  @Test
  void certificateOfAnotherHostIsRefused() throws Exception {
    try (LdapTree tls = LdapTree.withTls(otherHosts);
        LdapTree startTls = LdapTree.withStartTls(otherHosts)) {
      Path trusted = otherHosts.certificateFile();
      assertThrows(
          SignInUnavailableException.class,
          () -> signIn("127.0.0.1", tls.port(), Security.TLS, trusted));
      assertThrows(
          SignInUnavailableException.class,
          () -> signIn("127.0.0.1", startTls.port(), Security.START_TLS, trusted));
      assertEquals(0, tls.binds() + startTls.binds());
    }
  }

  @Test
  void messageNamesTheCauseOfAFailedConnection() throws Exception {
    try (LdapTree tls = LdapTree.withTls(otherHosts);
        LdapTree startTls = LdapTree.withStartTls(otherHosts)) {
      for (Path trusted : new Path[] {right.certificateFile(), otherHosts.certificateFile()}) {
        String cause =
            trusted.equals(right.certificateFile())
                ? "(SSLHandshakeException: ("
                : "(SSLHandshakeException: (certificate_unknown) No subject alternative names";
        assertCause("91 (connect error) " + cause, "127.0.0.1", tls.port(), Security.TLS, trusted);
        assertCause(
            "81 (server down) " + cause, "127.0.0.1", startTls.port(), Security.START_TLS, trusted);
      }
      assertCause(
          "91 (connect error) (UnknownHostException)",
          UnknownHost.NAME,
          tls.port(),
          Security.TLS,
          null);
    }
  }

  private static void assertCause(
      String cause, String host, int port, Security security, @Nullable Path trusted)
      throws Exception {
    Filter filter = Filter.createPresenceFilter("cn");
    try (LdapConnections connections =
        LdapConnections.create(LdapFixture.at(host, port, security, trusted))) {
      String message =
          String.valueOf(
              assertThrows(
                      LdapUnavailableException.class,
                      () -> connections.search("dc=x", filter, 1, "cn"))
                  .getMessage());
      assertTrue(message.contains(cause), message);
    }
  }

  @Test
  void fileWithoutACertificateFailsAtStart() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    Path junk = Files.writeString(folder.resolve("junk.pem"), "-----BEGIN CERTIFICATE-----\nx\n");
    for (Path file : new Path[] {empty, junk, right.keyFile(), folder.resolve("nothing.pem")}) {
      assertThrows(
          IOException.class,
          () -> LdapConnections.create(LdapFixture.at("127.0.0.1", 1, Security.TLS, file)),
          file.toString());
    }
  }
}
