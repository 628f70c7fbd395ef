package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.app.transparency.publication.Publication;
import io.accesstokens.app.transparency.witness.Witness;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the settings of the receivers of checkpoints. */
class PublicationSettingsTest {

  private static final String LOCATION = " (" + SettingsLoader.DEFAULT_FILE + ":";
  private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
  private static final String KEY =
      "witness.example.com/w1+43faae91+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

  @TempDir Path directory;

  private SettingsFixture file(String text) {
    return new SettingsFixture(directory).file(text);
  }

  @Test
  void receiversAreConfigured() {
    Configuration configuration =
        file("""
            auditLog:
              publication:
                directory: checkpoints
                intervalSeconds: 5
                webhook: {url: 'https://hooks.example.com/x?key=k1', secret: %s}
              witnesses:
                - {url: 'https://witness.example.com/prefix/', key: %s}
                - url: http://127.0.0.1:8080
                  key: witness.example.com/w2+633abe05+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
                  allowedAddresses: [127.0.0.1]
            """
                .formatted(SECRET, KEY))
            .load();
    Publication publication = configuration.publication();
    assertEquals(directory.resolve("checkpoints"), publication.directory());
    assertEquals(Duration.ofSeconds(5), publication.interval());
    WebhookTarget webhook = Objects.requireNonNull(publication.webhook());
    assertEquals(URI.create("https://hooks.example.com/x?key=k1"), webhook.url());
    assertEquals(SECRET, webhook.secrets().get());
    assertEquals("webhook", webhook.toString());
    List<Witness> witnesses = publication.witnesses();
    assertEquals(
        URI.create("https://witness.example.com/prefix/add-checkpoint"), witnesses.get(0).url());
    assertEquals(KEY, witnesses.get(0).key().toString());
    assertEquals(URI.create("http://127.0.0.1:8080/add-checkpoint"), witnesses.get(1).url());
    assertEquals(1, witnesses.get(1).allowed().size());
    assertEquals(List.of(), configuration.warnings());
  }

  @Test
  void wrongReceiversAreReported() {
    List<String> lines =
        file("""
            auditLog:
              publication:
                intervalSeconds: 0
                webhook: {url: 'http://hooks.example.com/k1'}
              witnesses:
                - {url: 'http://witness.example.com/k1', key: %s}
                - {url: 'https://witness.example.com/?key=k1', key: %s}
                - {url: 'https://w.example.com', key: 'example.com/log+fc732094+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'}
                - {url: 'https://w.example.com', key: 'w+00000000+AAAA'}
            """
                .formatted(KEY, KEY))
            .lines();
    String all = String.join("\n", lines);
    assertFalse(all.contains("k1"), all);
    for (String expected :
        List.of(
            "auditLog.publication.intervalSeconds: must be a whole number from 1 to 86400",
            "auditLog.publication.webhook.url: must be an https URL with a host",
            "auditLog.publication.webhook.secretFile: is required",
            "auditLog.witnesses[0].url: must be an https URL with a host",
            "auditLog.witnesses[1].url: must be an https URL with a host",
            "auditLog.witnesses[1].key: must differ from the keys of the other witnesses",
            "auditLog.witnesses[2].key: must be the key of a witness (type 4), but it is the key of"
                + " a log (type 1)",
            "auditLog.witnesses[3].key: must be a verifier key of the type 4")) {
      assertTrue(
          lines.stream().filter(line -> line.startsWith("accessTokens." + expected)).count() == 1,
          () -> expected + " is not in\n" + all);
    }
    assertEquals(8, lines.size(), all);
    assertTrue(lines.get(0).contains(LOCATION + "3)"), all);
  }

  @Test
  void directoryThatCannotBeWrittenOrCreatedIsReported() throws IOException {
    Files.writeString(directory.resolve("file"), "");
    Files.createSymbolicLink(directory.resolve("link"), directory.resolve("missing"));
    for (String name : List.of("file", "link", "file/checkpoints", "link/a/b")) {
      List<String> lines = file("auditLog: {publication: {directory: " + name + "}}").lines();
      String start = "accessTokens.auditLog.publication.directory: must be a directory";
      assertTrue(lines.size() == 1 && lines.get(0).startsWith(start), () -> name + ": " + lines);
    }
    assertEquals(
        directory.resolve("a/b"),
        file("auditLog: {publication: {directory: a/b}}").load().publication().directory());
  }

  @Test
  void wrongSecretInAFileIsReportedForTheFile() throws IOException {
    Files.writeString(directory.resolve("hook"), "wrong");
    List<String> lines =
        file("auditLog: {publication: {webhook: {url: 'https://h/', secretFile: hook}}}").lines();
    String start = "accessTokens.auditLog.publication.webhook.secretFile: must be one or two";
    assertTrue(lines.size() == 1 && lines.get(0).startsWith(start), lines::toString);
  }

  @Test
  void secretWithoutUrlAndMemoryAreReported() {
    String all =
        String.join(
            "\n", file("auditLog: {publication: {webhook: {secret: " + SECRET + "}}}").lines());
    assertTrue(
        all.contains(
            "webhook.secret: must not be set without accessTokens.auditLog.publication.webhook.url"),
        all);
    all =
        String.join(
            "\n",
            file("inMemory: true\nauditLog: {witnesses: [{url: 'https://w.example.com', key: "
                    + KEY
                    + "}]}")
                .lines());
    assertTrue(all.contains("auditLog.witnesses[0].url: needs a database"), all);
    all =
        String.join(
            "\n",
            file("inMemory: true\nauditLog: {publication: {directory: checkpoints}}").lines());
    assertTrue(all.contains("auditLog.publication.directory: needs a database"), all);
  }

  /** Without this error, no checkpoint would be published, and no error would be reported later. */
  @Test
  void receiversWithoutATransparencyLogAreReported() {
    String database = "database: {url: 'jdbc:mariadb://localhost/b'}\n";
    String directory = "auditLog: {publication: {directory: checkpoints}}";
    String witness = "auditLog: {witnesses: [{url: 'https://w.example.com', key: " + KEY + "}]}";
    String error =
        ": needs the transparency log: set accessTokens.personal.encryptionKey" + LOCATION;
    assertEquals(
        List.of("accessTokens.auditLog.publication.directory" + error + "2)"),
        file(database + directory).lines());
    assertEquals(
        List.of("accessTokens.auditLog.witnesses[0].url" + error + "2)"),
        file(database + witness).lines());
    String key = "\npersonal: {encryptionKey: MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=}";
    for (String accepted :
        List.of(database + directory + key, "database: {url: 'jdbc:h2:file:./x'}\n" + directory)) {
      assertNotNull(file(accepted).load().publication().directory(), accepted);
    }
  }
}
