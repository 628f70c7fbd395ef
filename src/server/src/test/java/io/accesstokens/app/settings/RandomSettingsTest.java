package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RandomCase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Tests that any value of a setting is either accepted or rejected with messages, and never fails
 * in another way.
 */
class RandomSettingsTest {

  private static final List<String> NAMES =
      SettingsLoader.SCHEMA.names().stream()
          // A list of texts can also be one text.
          .flatMap(name -> Stream.of(name, name.replaceFirst("\\[]$", "")))
          .map(name -> name.replace("[]", "[0]"))
          .distinct()
          .toList();

  private static final List<String> VALUES = List.of("[]", "a\\\nb", "a\\", ",");

  @Test
  void anyValueIsAcceptedOrRefused() {
    Path nowhere = Path.of("target", "no-such-directory");
    RandomCase.check(
        1000,
        any -> {
          String name = any.oneOf(NAMES);
          String value = value(any);
          try {
            new SettingsLoader(Map.of(name, value), Map.of(), Map.of(), nowhere).load();
          } catch (InvalidSettingsException e) {
            assertFalse(e.lines().isEmpty(), "a refusal has error lines");
            for (String line : e.lines()) {
              assertTrue(line.startsWith("accessTokens.") && line.lines().count() == 1, line);
            }
          }
        });
  }

  private static String value(RandomCase any) {
    return switch (any.below(4)) {
      case 0 -> any.text(20);
      case 1 -> any.letters(any.below(11));
      case 2 -> String.valueOf((int) any.number());
      default -> any.oneOf(VALUES);
    };
  }
}
