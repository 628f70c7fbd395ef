package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.stream.StreamTargetConfiguration;
import io.accesstokens.testing.Certificate;
import io.accesstokens.transparency.stream.StreamFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamSettingsTest {

  private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

  @TempDir Path directory;

  private SettingsFixture given(String targets) {
    return new SettingsFixture(directory).file("auditLog:\n  stream:\n" + targets.indent(4));
  }

  private List<String> errors(String targets) {
    return assertThrows(InvalidSettingsException.class, () -> given(targets).load()).lines();
  }

  @Test
  void targetsHaveDefaults() {
    List<StreamTargetConfiguration> streams =
        given(
                """
                webhooks:
                  - url: https://siem.example.com/events?key=k1
                    secret: %s
                syslog:
                  - host: syslog.example.com
                    format: json
                    from: now
                files:
                  - path: audit.ndjson
                """
                    .formatted(SECRET))
            .load()
            .streams();
    assertEquals(
        List.of("siem.example.com", "syslog.example.com", "audit.ndjson"),
        streams.stream().map(StreamTargetConfiguration::name).toList());
    assertEquals(
        List.of(StreamFormat.OCSF, StreamFormat.JSON, StreamFormat.OCSF),
        streams.stream().map(StreamTargetConfiguration::format).toList());
    assertEquals(
        List.of(true, false, true),
        streams.stream().map(StreamTargetConfiguration::fromBeginning).toList());
    assertFalse(streams.toString().contains("k1"), "the URL is secret");
  }

  @Test
  void changedAuthoritiesAreChecked() throws Exception {
    Certificate certificate = Certificate.selfSigned(directory);
    Path caFile = Files.copy(certificate.certificateFile(), directory.resolve("ca.pem"));
    BooleanSupplier isUsable =
        Objects.requireNonNull(
            given(
                    """
                    syslog:
                      - host: a.example.com
                      - host: b.example.com
                        caFile: ca.pem
                    """)
                .load()
                .watchedFiles()
                .get("accessTokens.auditLog.stream.syslog[1].caFile"));
    assertTrue(isUsable.getAsBoolean(), "usable");
    Files.writeString(caFile, "broken");
    Awaitility.await().until(() -> !isUsable.getAsBoolean());
  }

  @Test
  void wrongTargetsAreReported() throws IOException {
    Files.writeString(directory.resolve("secret"), "wrong");
    List<String> errors =
        errors(
            """
            webhooks:
              - url: ftp://siem.example.com/?key=k1
                secret: %1$s
              - url: https://siem.example.com/
              - url: https://siem.example.com/
                secret: wrong
                allowedAddresses: [everywhere]
              - url: https://collector.example.com/
                secretFile: secret
            syslog:
              - host: not a host
              - host: syslog.example.com
                port: 0
                caFile: missing.pem
              - port: 6514
            files:
              - path: missing/audit.ndjson
              - name: none
              - name: siem.example.com
                path: audit.ndjson
            """
                .formatted(SECRET));
    String all = String.join("\n", errors);
    for (String part :
        List.of(
            "webhooks[0].url: must be an https URL with a host",
            "webhooks[1].secretFile: is required",
            "webhooks[2].secret: must be one or two secrets",
            "webhooks[2].allowedAddresses[0]: must be an IP address",
            "webhooks[3].secretFile: must be one or two secrets",
            "syslog[0].host: must be a host name",
            "syslog[1].port: must be a whole number",
            "syslog[1].caFile: must be a file with PEM certificates: the file does not exist",
            "syslog[2].host: is required",
            "files[0].path: must be the path of a file, not of a folder, pipe or device, in an existing"
                + " folder",
            "files[1].path: is required",
            "files[2].name: must differ")) {
      assertTrue(all.contains("accessTokens.auditLog.stream." + part), () -> part + " in\n" + all);
    }
    assertEquals(12, errors.size(), () -> all);
    assertFalse(all.contains("k1"), "the URL is secret");
  }

  @Test
  void plainHttpIsAllowedOnlyForThisMachine() {
    List<String> errors =
        errors(
            """
            webhooks:
              - {name: a, url: 'http://siem.example.com/?key=k1', secret: %1$s}
              - {name: b, url: 'http://192.0.2.1:8080/', secret: %1$s}
              - {name: c, url: 'http://127.0.0.1:8080/', secret: %1$s}
              - {name: d, url: 'http://[::1]:8080/', secret: %1$s}
              - {name: e, url: 'http://localhost/', secret: %1$s}
            """
                .formatted(SECRET));
    assertEquals(2, errors.size(), errors::toString);
    for (int i = 0; i < 2; i++) {
      String error = errors.get(i);
      String start = "accessTokens.auditLog.stream.webhooks[" + i + "].url: must be an https URL";
      assertTrue(
          error.startsWith(start) && error.contains("http is allowed only for this machine"),
          error);
    }
    assertFalse(errors.toString().contains("k1"), "the URL is secret");
  }

  @Test
  void foldersDevicesAndRepeatedPathsAreRefusedAsFiles() throws IOException {
    Files.createDirectory(directory.resolve("folder"));
    List<String> errors =
        errors(
            """
            files:
              - {name: a, path: folder}
              - {name: b, path: audit.ndjson}
              - {name: c, path: folder/../audit.ndjson}
              - {name: d, path: '%s'}
              - {name: e, path: folder/audit.ndjson}
              - {name: f, path: /dev/null}
            """
                .formatted(directory.resolve("audit.ndjson")));
    String all = String.join("\n", errors);
    for (String part :
        List.of(
            "files[0].path: must be the path of a file, not of a folder",
            "files[5].path: must be the path of a file, not of a folder, pipe or device",
            "files[2].path: must differ from the paths of all other streams",
            "files[3].path: must differ from the paths of all other streams")) {
      assertTrue(all.contains("accessTokens.auditLog.stream." + part), () -> part + " in\n" + all);
    }
    assertEquals(4, errors.size(), () -> all);
  }

  @Test
  void streamsNeedADatabase() {
    InvalidSettingsException refused =
        assertThrows(
            InvalidSettingsException.class,
            () ->
                new SettingsFixture(directory)
                    .file("inMemory: true\nauditLog: {stream: {files: [{path: audit.ndjson}]}}\n")
                    .load());
    assertTrue(
        refused.lines().get(0).startsWith("accessTokens.inMemory: must not be set together with"),
        refused.lines()::toString);
  }
}
