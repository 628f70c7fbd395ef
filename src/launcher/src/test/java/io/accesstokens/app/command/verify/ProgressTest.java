package io.accesstokens.app.command.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final StringWriter shown = new StringWriter();
  private final PrintWriter err = new PrintWriter(shown);

  @Test
  void stepAfterTheLastEntryIsShown() {
    Progress progress = new Progress(err, 20_000, true);
    progress.accept(256);
    progress.accept(10_240);
    progress.end("now comparing rows");
    assertEquals(
        "\rverified 10240 of 20000 entries (51 %)\nnow comparing rows\n",
        shown.toString().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void nothingIsShownWithoutATerminal() {
    Progress progress = new Progress(err, 20_000, false);
    progress.accept(20_000);
    progress.end("now comparing rows");
    assertEquals("", shown.toString());
  }
}
