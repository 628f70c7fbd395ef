package io.accesstokens.app.command.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class OutputOptionsTest {

  private static final String TEXT = "a\u001b[2J\u202eb\nc";

  @Command
  static final class Printed {
    @Mixin OutputOptions output = new OutputOptions();

    String of(String... arguments) {
      new CommandLine(this).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
      StringWriter out = new StringWriter();
      JsonObject json = Json.createObjectBuilder().add("text", TEXT).build();
      output.print(new PrintWriter(out, true), () -> List.of(TEXT, "d"), () -> json);
      return out.toString();
    }
  }

  @Test
  void hiddenCharactersAreEscaped() {
    String end = System.lineSeparator();
    assertEquals("a\\u001b[2J\\u202eb c" + end + "d" + end, new Printed().of());
    assertEquals(
        "{\"text\":\"a\\u001b[2J\\u202eb\\nc\"}" + end, new Printed().of("--output", "json"));
  }
}
