package io.accesstokens.app.settings.source;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.accesstokens.app.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlFileTest {

  private static final Schema SCHEMA = new Schema(Settings.PREFIX, Settings.class);

  @TempDir Path directory;

  private final ValidationErrors errors = new ValidationErrors();

  private Path pipe() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(), "mkfifo");
    return pipe;
  }

  @Test
  void pipeWithoutAWriterIsRefused() throws Exception {
    Path pipe = pipe();
    YamlFile file = new YamlFile("pipe", SCHEMA, errors);
    assertTimeoutPreemptively(Duration.ofMinutes(1), () -> file.read(pipe, Duration.ofMillis(100)));
    assertEquals(List.of("pipe: is a pipe that no process writes"), errors.errors());
  }

  @Test
  void pipeWithAWriterIsRead() throws Exception {
    Path pipe = pipe();
    CompletableFuture<Path> written =
        CompletableFuture.supplyAsync(
            () -> assertDoesNotThrow(() -> Files.writeString(pipe, "port: 0\n")));
    YamlFile file = new YamlFile("pipe", SCHEMA, errors);
    assertEquals(Set.of("accessTokens.port"), file.read(pipe, Duration.ofMinutes(1)).keySet());
    assertEquals(pipe, written.join());
    assertEquals(List.of(), errors.errors());
  }
}
