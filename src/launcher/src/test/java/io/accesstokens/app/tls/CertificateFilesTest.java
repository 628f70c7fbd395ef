package io.accesstokens.app.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.RecordedLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFilesTest {

  @TempDir static Path made;
  private static Certificate first;
  private static Certificate second;

  @TempDir Path folder;
  private Path certificate;
  private Path key;
  private final ManualClock clock = new ManualClock(Instant.now());

  @BeforeAll
  static void createCertificates() throws Exception {
    first = Certificate.selfSigned(Files.createDirectory(made.resolve("first")));
    second = Certificate.selfSigned(Files.createDirectory(made.resolve("second")));
  }

  @BeforeEach
  void copyFirst() throws Exception {
    certificate = folder.resolve("tls.crt");
    key = folder.resolve("tls.key");
    copy(first.certificateFile(), certificate);
    copy(first.keyFile(), key);
  }

  private CertificateFiles files() {
    return new CertificateFiles(certificate, key, clock);
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void expiryIsThatOfTheCertificate() {
    CertificateFiles files = files();
    Instant days = Instant.now().plus(Duration.ofDays(2));
    assertTrue(
        Duration.between(files.notAfter(), days).abs().compareTo(Duration.ofHours(1)) < 0,
        files.notAfter()::toString);
    assertUnchanged(files);
  }

  private static void assertUnchanged(CertificateFiles files) {
    assertFalse(files.check(changed -> fail("used " + changed)), "the certificate has changed");
  }

  @Test
  void certificateThatClientsRefuseIsReportedOnce() throws Exception {
    CertificateFiles files = files();
    try (RecordedLog log = new RecordedLog(CertificateFiles.class)) {
      assertUnchanged(files);
      assertEquals(List.of(), log.lines());
      clock.shift(Duration.ofDays(3));
      assertUnchanged(files);
      assertUnchanged(files);
      assertEquals(1, log.lines().size(), log.lines().toString());
      assertTrue(
          log.lines()
              .get(0)
              .contains(
                  "clients refuse new connections: the certificate in "
                      + certificate
                      + " expired at "
                      + files.notAfter()),
          log.lines().get(0));
      clock.set(files.notAfter().minus(Duration.ofDays(3)));
      copy(second.certificateFile(), certificate);
      copy(second.keyFile(), key);
      files.check(changed -> fail("used " + changed));
      assertTrue(files.check(changed -> {}), "the certificate has not changed");
      String last = log.lines().get(log.lines().size() - 1);
      assertTrue(last.contains(" is not valid before "), last);
    }
  }

  @Test
  void certificateThatTheServerRefusesChangesNothing() throws Exception {
    CertificateFiles files = files();
    ServerCertificate before = files.current();
    copy(second.certificateFile(), certificate);
    copy(second.keyFile(), key);
    assertUnchanged(files);
    assertFalse(
        files.check(
            changed -> {
              throw new IllegalArgumentException("refused");
            }),
        "the certificate has changed");
    assertEquals(before, files.current());
    assertTrue(files.check(changed -> {}), "the certificate is not tried again");
  }

  @Test
  void newPairIsUsedOnlyWhenItIsComplete() throws Exception {
    CertificateFiles files = files();
    ServerCertificate before = files.current();
    try (RecordedLog log = new RecordedLog(CertificateFiles.class)) {
      copy(second.certificateFile(), certificate);
      assertUnchanged(files);
      assertUnchanged(files);
      assertEquals(before, files.current());
      assertEquals(1, log.lines().size(), log.lines().toString());
      assertTrue(
          log.lines().get(0).contains("the key does not belong to the certificate"),
          log.lines().get(0));
      assertFalse(files.isUsable(), "the incomplete pair is usable");
      copy(second.keyFile(), key);
      assertUnchanged(files);
      List<ServerCertificate> used = new ArrayList<>();
      assertTrue(files.check(used::add), "the complete pair is not used");
      assertTrue(files.isUsable(), "the complete pair is not usable");
      assertEquals(List.of(files.current()), used);
      assertEquals(2, log.lines().size(), log.lines().toString());
      assertTrue(
          log.lines().get(1).contains("recovered: new connections use the changed certificate"),
          log.lines().get(1));
      assertUnchanged(files);
    }
  }

  /** The chain has two certificates, and a writer pauses after the first one. */
  @Test
  void halfWrittenChainIsNotUsed() throws Exception {
    CertificateFiles files = files();
    String own = Files.readString(second.certificateFile());
    String issuer = Files.readString(first.certificateFile());
    copy(second.keyFile(), key);
    Files.writeString(certificate, own);
    assertUnchanged(files);
    Files.writeString(certificate, own + issuer);
    assertUnchanged(files);
    List<ServerCertificate> used = new ArrayList<>();
    assertTrue(files.check(used::add), "the complete chain is not used");
    assertEquals(2, used.get(0).chainLength());
  }

  @Test
  void brokenFilesKeepTheFormerCertificateAndShowNoContent() throws Exception {
    CertificateFiles files = files();
    ServerCertificate before = files.current();
    try (RecordedLog log = new RecordedLog(CertificateFiles.class)) {
      Files.writeString(
          key, "-----BEGIN PRIVATE KEY-----\nhunter2hunter2\n-----END PRIVATE KEY-----\n");
      assertUnchanged(files);
      assertUnchanged(files);
      Files.writeString(key, "hunter2");
      assertUnchanged(files);
      assertUnchanged(files);
      Files.delete(key);
      assertUnchanged(files);
      Files.write(key, new byte[1024 * 1024 + 1]);
      assertUnchanged(files);
      assertEquals(before, files.current());
      assertEquals(4, log.lines().size(), log.lines().toString());
      assertFalse(log.lines().toString().contains("hunter2"), log.lines().toString());
      copy(first.keyFile(), key);
      assertUnchanged(files);
      assertUnchanged(files);
      assertEquals(5, log.lines().size(), log.lines().toString());
      assertTrue(log.lines().get(4).contains("recovered: "), log.lines().get(4));
    }
  }

  @Test
  void unusableFilesAreRefusedAtTheStart() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty"), "");
    assertRefused("the certificate file contains no PEM certificate", empty, key);
    assertRefused("the key file contains no PEM private key", certificate, empty);
    assertRefused("the key does not belong to the certificate", certificate, second.keyFile());
    assertRefused("the file " + folder + " is not a regular file", folder, key);
    Path nothing = folder.resolve("nothing");
    assertRefused("the file " + nothing + " does not exist", nothing, key);
    Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new CertificateFiles(loop, key, clock));
    assertTrue(String.valueOf(refused.getMessage()).contains("symbolic link"), refused::toString);
  }

  private static void assertRefused(String message, Path certificate, Path key) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new CertificateFiles(certificate, key, InstantSource.system()));
    assertEquals(message, refused.getMessage());
  }
}
