package io.accesstokens.app.command.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final StringWriter shown = new StringWriter();
  private final PrintWriter err = new PrintWriter(shown);

  @Test
  void terminalShowsHowMuchOfAStepIsDone() {
    try (Progress progress = new Progress(err, true, 10_000)) {
      progress.begin("verifying", 20_000);
      progress.accept(256);
      progress.accept(10_240);
      progress.beginTokens("comparing", 20_000);
      progress.accept(10_500);
    }
    assertShown(
        "verifying\rverifying: 10240 of 20000 entries\ncomparing\rcomparing: 10500 tokens\n");
  }

  @Test
  void otherOutputHasOneLineForEachStep() {
    try (Progress progress = new Progress(err, false, 10_000)) {
      progress.begin("verifying", 20_000);
      progress.accept(10_240);
      progress.beginTokens("comparing", 20_000);
    }
    assertShown("verifying\ncomparing\n");
  }

  @Test
  void smallStepIsNotShown() {
    try (Progress progress = new Progress(err, true, 10_000)) {
      progress.begin("verifying", 10_000);
      progress.accept(10_000);
    }
    assertShown("");
  }

  private void assertShown(String expected) {
    assertEquals(expected, shown.toString().replace(System.lineSeparator(), "\n"));
  }
}
