package io.accesstokens.app.command.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.app.StartupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Tests the options of a source that is a running service. */
class SourceOptionsTest {

  private static final String SERVICE = "https://tokens.example.com";

  @TempDir Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("token"), content, StandardCharsets.UTF_8);
  }

  private static void open(String url, @Nullable Path bearerFile) {
    SourceOptions source = new SourceOptions();
    SourceOptions.OverHttp http = new SourceOptions.OverHttp();
    http.url = url;
    http.bearerFile = bearerFile;
    source.http = http;
    CommandSpec spec = CommandSpec.create();
    var unused = new CommandLine(spec);
    source.open(spec).close();
  }

  @Test
  void fileWithOneRawTokenIsAccepted() throws Exception {
    for (String end : List.of("", "\n", "\r\n")) {
      open(SERVICE, file("bsat_s3cret" + end));
    }
  }

  @Test
  void fileThatIsNoRawTokenIsRefusedWithoutItsContent() throws Exception {
    for (String content :
        List.of(
            "bsat_s3cret\nbsat_s3cret",
            "bsat_s3cret\n\nx",
            "bsat_s3cret\u0001x",
            "bsat_s3cret\u20acx",
            "bsat_s3cr\u00e9t",
            "s3cret x",
            "\ufeffbsat_s3cret",
            "",
            "\n",
            "s3cret".repeat(200))) {
      Path file = file(content);
      StartupException refused = assertThrows(StartupException.class, () -> open(SERVICE, file));
      assertEquals(1, refused.lines().size());
      assertFalse(refused.lines().get(0).contains("s3cr"), refused::getMessage);
    }
  }

  @Test
  void unreadableFileIsNamed() {
    StartupException refused =
        assertThrows(StartupException.class, () -> open(SERVICE, folder.resolve("missing")));
    assertEquals("the file of --bearer-file does not exist", refused.getMessage());
  }

  @Test
  void credentialIsNotSentOverPlainHttp() throws Exception {
    Path file = file("bsat_s3cret");
    for (String host : List.of("tokens.example.com", "10.0.0.1:8080", "127.0.0.1.example.com")) {
      ParameterException refused =
          assertThrows(ParameterException.class, () -> open("http://" + host, file));
      assertEquals(
          "--url must be https, because http does not encrypt the credential",
          refused.getMessage());
      open("http://" + host, null);
    }
    for (String host : List.of("localhost:8080", "127.0.0.1", "[::1]:8080")) {
      open("http://" + host, file);
    }
  }
}
