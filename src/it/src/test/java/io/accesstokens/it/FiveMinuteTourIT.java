package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Runs the commands of the README's tour unchanged. */
class FiveMinuteTourIT {

  /** Matches a command, and the expected output in the comment before it. */
  private static final Pattern STEP =
      Pattern.compile("<!-- tour(?:: (.*?))? -->\\s*```bash\\n(.*?)```", Pattern.DOTALL);

  private static final String END_OF_STEP = "--- end of step ---";

  private record Step(String expected, String command) {}

  @Test
  void everyCommandPrintsTheDocumentedOutput() throws Exception {
    List<Step> steps = steps();
    assertEquals(6, steps.size(), "steps of the tour in README.md");
    try (RunningApplication application =
        RunningApplication.start(WarProcess.inNewFolder().withDataDirectory())) {
      List<String> outputs = run(steps, "http://127.0.0.1:" + application.port());
      assertEquals(steps.size(), outputs.size());
      for (int i = 0; i < steps.size(); i++) {
        String expected = steps.get(i).expected();
        String output = outputs.get(i);
        assertTrue(output.contains(expected), () -> "expected " + expected + " in " + output);
      }
    }
  }

  private static List<Step> steps() throws Exception {
    List<Step> steps = new ArrayList<>();
    Matcher matcher = STEP.matcher(Files.readString(Path.of("README.md")));
    while (matcher.find()) {
      String expected = matcher.group(1);
      steps.add(new Step(expected == null ? "" : expected, matcher.group(2)));
    }
    return steps;
  }

  /** Runs all steps in one shell, because later commands use variables of earlier ones. */
  private static List<String> run(List<Step> steps, String url) throws Exception {
    StringBuilder script = new StringBuilder("set -eu\n");
    for (Step step : steps) {
      script.append(step.command()).append("\necho; echo '").append(END_OF_STEP).append("'\n");
    }
    ProcessBuilder shell = new ProcessBuilder("bash", "-c", script.toString());
    shell.environment().put("BASE", url);
    shell.redirectErrorStream(true);
    Process process = shell.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the shell runs for more than two minutes");
    assertEquals(0, process.exitValue(), output);
    assertFalse(output.isEmpty(), "the shell printed nothing");
    return List.of(output.split(END_OF_STEP + "\\R"));
  }
}
