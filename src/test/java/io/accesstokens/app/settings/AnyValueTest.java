package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a setting holds, it is accepted or refused with lines, and fails in no other way. */
class AnyValueTest {

  @Property(tries = 1000)
  void isAcceptedOrRefused(@ForAll("names") String name, @ForAll("values") String value) {
    Path nowhere = Path.of("target", "no-such-directory");
    try {
      new SettingsLoader(Map.of(name, value), Map.of(), Map.of(), nowhere).load();
    } catch (InvalidSettings e) {
      assertFalse(e.lines().isEmpty());
      for (String line : e.lines()) {
        assertTrue(line.startsWith("accessTokens.") && line.lines().count() == 1, line);
      }
    }
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of(Schema.SETTINGS.names()).map(name -> name.replace("[]", "[0]"));
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(20),
        Arbitraries.strings().ascii().ofMaxLength(10),
        Arbitraries.integers().map(String::valueOf),
        Arbitraries.of(
            " ",
            ",",
            "\\",
            "\\,",
            "${x}",
            "${",
            "%dev.x",
            "TRUE ",
            " 1",
            "jdbc:h2:",
            "http://",
            "http://a",
            "jdbc:mariadb:",
            "many",
            "SINGLE",
            "\u3000",
            "/",
            ";",
            "\u0000",
            "[]"));
  }
}
