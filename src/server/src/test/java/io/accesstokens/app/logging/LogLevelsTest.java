package io.accesstokens.app.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLevelsTest {

  private final List<String> errors = new ArrayList<>();

  private Map<String, Level> parse(String... elements) {
    return LogLevels.parse(List.of(elements), (i, text) -> errors.add(i + ": " + text));
  }

  @Test
  void levelsAreFoundByLogger() {
    assertEquals(
        Map.of(
            "", Level.WARNING,
            "io.accesstokens", Level.FINE,
            "io.accesstokens.jwt", Level.FINER,
            "org.hibernate", Level.SEVERE,
            "com.zaxxer", Level.INFO,
            "org.x", Level.OFF),
        parse(
            "root=warning",
            "io.accesstokens = DEBUG",
            " io.accesstokens.jwt=trace ",
            "org.hibernate=error",
            "com.zaxxer=info",
            "org.x=off"));
    assertEquals(List.of(), errors);
  }

  @ParameterizedTest
  @CsvSource({
    "io.accesstokens, must be LOGGER=LEVEL",
    "io.accesstokens=loud, must be LOGGER=LEVEL",
    "io.accesstokens=, must be LOGGER=LEVEL",
    "=info, must have the name of a logger",
    "a b=info, must have the name of a logger",
    "audit=off, must not name the logger audit",
    "access=off, must not name the logger access",
    "root=debug, must be info or higher",
    "org.apache.coyote=debug, must be info or higher",
    "io.accesstokensx=trace, must be info or higher"
  })
  void wrongElementIsReportedWithItsIndex(String element, String rule) {
    assertEquals(1, parse("org=info", element).size());
    assertEquals(1, errors.size());
    assertTrue(errors.get(0).startsWith("1: " + rule), errors.get(0));
  }

  @Test
  void loggerIsNamedOnce() {
    parse("org=info", "org=off");
    assertEquals(List.of("1: must name each logger once"), errors);
  }

  @Test
  void numberOfElementsIsBounded() {
    String[] elements = new String[101];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = "a" + i + "=info";
    }
    parse(elements);
    assertEquals(
        List.of("100: must not be set, because the list has at most 100 elements"), errors);
  }
}
