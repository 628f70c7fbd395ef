package io.accesstokens.app.transparency.publication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.outbound.PostClient;
import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.app.transparency.GrowingLog;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.TransparencyLog;
import io.accesstokens.transparency.delivery.Cosignatures;
import io.accesstokens.verify.AddressRange;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublisherTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final AddressRange LOOPBACK = AddressRange.parse("127.0.0.0/8").orElseThrow();

  @TempDir Path folder;

  private final GrowingLog log = new GrowingLog();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));

  /** All publishers of a test share the reader, so that a later run does not use an older state. */
  private final TransparencyLog reader =
      new TransparencyLog(log.store(), keys(), false, Cosignatures.NONE);

  private LogKeys keys() {
    InMemoryTokenStore tokens = new InMemoryTokenStore();
    KeySeal seal = KeySeal.random(new SecureRandom());
    assertTrue(tokens.log().keys().add(log.sealedKey(seal)));
    return LogKeys.open(
        tokens.log(),
        seal,
        tokens.log().setOriginIfAbsent(GrowingLog.ORIGIN),
        clock,
        new SecureRandom());
  }

  /** Returns a publisher with a deadline that a busy machine does not exceed. */
  private Publisher publisher(Publication settings) {
    return new Publisher(
        settings,
        reader,
        log.store(),
        new PostClient.Network(SystemDefaultDnsResolver.INSTANCE, "1"),
        clock,
        Duration.ofMinutes(3));
  }

  private List<String> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Adds entries to the log, and waits until the reader returns their checkpoint. */
  private Checkpoint grow(int count, String text) {
    Checkpoint checkpoint = log.grow(count, text);
    awaitReadOf(checkpoint);
    return checkpoint;
  }

  private void awaitReadOf(Checkpoint checkpoint) {
    Awaitility.await()
        .until(
            () ->
                reader.checkpoint().filter(note -> note.startsWith(checkpoint.text())).isPresent());
  }

  @Test
  void eachPublishedCheckpointIsAFileThatIsNeverReplaced() throws Exception {
    Path directory = folder.resolve("new").resolve("checkpoints");
    Publication settings = new Publication(directory, Duration.ofSeconds(60), null, List.of());
    try (Publisher publisher = publisher(settings);
        Publisher other = publisher(settings)) {
      publisher.run();
      assertTrue(!Files.exists(directory), "no checkpoint yet");
      Checkpoint first = grow(3, "a");
      publish(publisher, 1);
      assertEquals(List.of("checkpoint-000000000003"), files(directory));
      Path file = directory.resolve("checkpoint-000000000003");
      assertEquals(
          first,
          Checkpoint.verified(SignedNote.parse(Files.readAllBytes(file)), List.of(log.key())));
      grow(4, "a");
      publish(other, 1);
      assertEquals(List.of("checkpoint-000000000003", "checkpoint-000000000007"), files(directory));
      publisher.run();
      assertEquals(1, publisher.succeeded(Publisher.Channel.DIRECTORY), "within the interval");
      clock.shift(Duration.ofSeconds(61));
      publish(publisher, 2);
      byte[] before = Files.readAllBytes(directory.resolve("checkpoint-000000000007"));
      log.restore();
      grow(3, "b");
      clock.shift(Duration.ofSeconds(61));
      publisher.run();
      assertEquals(1, publisher.failed(Publisher.Channel.DIRECTORY));
      assertEquals(
          first,
          Checkpoint.parse(SignedNote.parse(Files.readAllBytes(file)).text()),
          "the file of the other history is kept");
      assertTrue(before.length > 0, "a file");
    }
  }

  @Test
  void checkpointWithoutASignatureOfTheLogIsNotPublished() throws Exception {
    Path directory = folder.resolve("checkpoints");
    Publication settings = new Publication(directory, Duration.ofSeconds(60), null, List.of());
    try (Publisher publisher = publisher(settings)) {
      Checkpoint forged =
          log.grow(3, "b", KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
      awaitReadOf(forged);
      publisher.run();
      assertEquals(1, publisher.failed(Publisher.Channel.DIRECTORY));
      assertTrue(!Files.exists(directory), "the forged checkpoint was published");
      log.restore();
      Checkpoint signed = grow(3, "a");
      clock.shift(Duration.ofSeconds(61));
      publish(publisher, 1);
      assertEquals(Optional.of(signed), settings.largest(List.of(log.key())));
    }
  }

  @Test
  void failedWriteLeavesNoFile() throws Exception {
    Path directory = folder.resolve("checkpoints");
    grow(3, "a");
    String checkpoint = String.valueOf(log.state().checkpoint());
    // The process can create files, but cannot write a byte into them, as on a full disk.
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -f 0 && exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                FullDisk.class.getName(),
                directory.toString(),
                checkpoint)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(output.contains("checkpoint-000000000003: java.io.IOException: "), output);
    assertEquals(List.of(), files(directory));
    new CheckpointFiles(directory).publish(CheckpointFiles.parse(checkpoint));
    assertEquals(List.of("checkpoint-000000000003"), files(directory));
  }

  /** Publishes a checkpoint, and prints the failure. */
  static final class FullDisk {

    public static void main(String[] arguments) {
      try {
        new CheckpointFiles(Path.of(arguments[0])).publish(CheckpointFiles.parse(arguments[1]));
      } catch (PublicationException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void newProcessReadsTheLargestPublishedCheckpoint() throws Exception {
    Path directory = folder.resolve("checkpoints");
    Publication settings = new Publication(directory, Duration.ofSeconds(60), null, List.of());
    List<VerifierKey> keys = List.of(log.key());
    assertEquals(Optional.empty(), settings.largest(keys), "no directory");
    Checkpoint last;
    try (Publisher publisher = publisher(settings)) {
      grow(3, "a");
      publish(publisher, 1);
      last = grow(4, "a");
      clock.shift(Duration.ofSeconds(61));
      publish(publisher, 2);
    }
    String note = Files.readString(directory.resolve("checkpoint-000000000007"));
    Files.writeString(directory.resolve("checkpoint-000000000009"), "incomplete");
    Files.writeString(directory.resolve("notes.txt"), "another file");
    Path altered = directory.resolve("checkpoint-000000000008");
    Files.writeString(altered, note.replace("\n7\n", "\n8\n"), StandardOpenOption.CREATE_NEW);
    assertEquals(Optional.of(last), settings.largest(keys), "a wrong signature");
    Files.delete(altered);
    Path renamed = directory.resolve("checkpoint-000000000010");
    Files.writeString(renamed, note, StandardOpenOption.CREATE_NEW);
    assertEquals(Optional.of(last), settings.largest(keys), "the size of the name");
    Files.delete(renamed);
    assertEquals(0, new ProcessBuilder("mkfifo", renamed.toString()).start().waitFor(), "mkfifo");
    assertEquals(
        Optional.of(last),
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> settings.largest(keys)),
        "a pipe");
    Files.delete(renamed);
    assertEquals(
        Optional.of(last), settings.largest(List.of(new GrowingLog().key())), "a replaced key");
    PublicKey key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    assertEquals(
        Optional.of(last),
        settings.largest(List.of(VerifierKey.of("other.log", VerifierKey.Type.ED25519, key))),
        "another name");
    assertEquals(Optional.empty(), Publication.NONE.largest(keys));
  }

  /** A caller must not treat it as a directory without checkpoints. */
  @Test
  void directoryThatCannotBeReadIsReported() throws Exception {
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    Publication settings =
        new Publication(loop.resolve("checkpoints"), Duration.ofSeconds(60), null, List.of());
    assertThrows(IOException.class, () -> settings.largest(List.of(log.key())));
  }

  private static void publish(Publisher publisher, int count) {
    publisher.run();
    assertEquals(count, publisher.succeeded(Publisher.Channel.DIRECTORY), "publications");
  }

  @Test
  void webhookIsRepeatedUntilItIsAccepted() throws Exception {
    try (ScriptedServer server = new ScriptedServer();
        Publisher publisher =
            publisher(
                new Publication(
                    null,
                    Duration.ofSeconds(60),
                    new WebhookTarget(
                        URI.create("http://127.0.0.1:" + server.port() + "/x?key=k1"),
                        () -> SECRET,
                        List.of(LOOPBACK)),
                    List.of()))) {
      Checkpoint checkpoint = grow(3, "a");
      server.answer(ScriptedServer.whole("500 Failed", "", ""));
      publisher.run();
      assertEquals(1, publisher.failed(Publisher.Channel.WEBHOOK));
      publisher.run();
      assertEquals(1, server.requests().size(), "the delay has not passed");
      clock.shift(Duration.ofSeconds(6));
      server.answer(ScriptedServer.whole("204 No Content", "", ""));
      publisher.run();
      publisher.run();
      assertEquals(1, publisher.succeeded(Publisher.Channel.WEBHOOK));
      List<String> requests = server.requests();
      assertEquals(2, requests.size(), requests::toString);
      assertEquals(header(requests.get(0), "webhook-id"), header(requests.get(1), "webhook-id"));
      assertTrue(
          header(requests.get(1), "webhook-signature").startsWith("v1,"), requests::toString);
      // The server decodes each byte as a character.
      byte[] request = requests.get(1).getBytes(StandardCharsets.ISO_8859_1);
      String text = new String(request, StandardCharsets.UTF_8);
      text = text.substring(text.indexOf("\r\n\r\n") + 4);
      JsonObject body = Json.createReader(new StringReader(text)).readObject();
      assertEquals("log.checkpoint", body.getString("type"));
      assertEquals(3, body.getJsonObject("data").getInt("size"));
      assertEquals(
          checkpoint.text(),
          SignedNote.parse(
                  body.getJsonObject("data")
                      .getString("checkpoint")
                      .getBytes(StandardCharsets.UTF_8))
              .text());
    }
  }

  private static String header(String request, String name) {
    return request
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .findFirst()
        .orElse("absent")
        .substring(name.length() + 1)
        .strip();
  }
}
