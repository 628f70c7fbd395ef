package io.accesstokens.app.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Certificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFileTest {

  @TempDir Path directory;

  @Test
  void expiryIsThatOfTheFileAndSurvivesADamagedFile() throws Exception {
    Path file = Certificate.selfSigned(directory).certificateFile();
    CertificateFile certificate = new CertificateFile(file);
    Optional<Instant> expiry = certificate.expiry();
    assertTrue(expiry.orElseThrow().isAfter(Instant.now()), "the certificate is valid");
    Files.writeString(file, "damaged");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    assertEquals(expiry, certificate.expiry());
  }

  @Test
  void missingFileHasNoExpiry() {
    assertEquals(Optional.empty(), new CertificateFile(directory.resolve("none")).expiry());
  }
}
