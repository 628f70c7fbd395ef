package io.accesstokens.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"on", "no", "007", "1e3", "2026-01-01", "0x1F", "'quoted'", "true", "<<", "12:30"})
  void scalarsKeepTheirText(String scalar) {
    YamlValue.Fields fields = (YamlValue.Fields) YamlText.documents("name: " + scalar).get(0);
    assertEquals(scalar.replace("'", ""), ((YamlValue.Text) fields.get("name")).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "~", "null"})
  void emptyAndNullValuesAreNothing(String scalar) {
    YamlValue.Fields fields = (YamlValue.Fields) YamlText.documents("name: " + scalar).get(0);
    assertInstanceOf(YamlValue.Nothing.class, fields.get("name"));
    assertInstanceOf(YamlValue.Nothing.class, fields.get("other"));
  }

  @Test
  void documentsKeepTheirOrderAndLineNumbers() {
    List<YamlValue> documents = YamlText.documents("a: 1\n---\n---\nb: [x]\n");
    assertEquals(3, documents.size());
    assertInstanceOf(YamlValue.Nothing.class, documents.get(1));
    assertEquals(4, ((YamlValue.Fields) documents.get(2)).get("b").line());
    assertEquals(List.of(), YamlText.documents("# nothing\n"));
  }

  @Test
  void toStringShowsNoValues() {
    YamlValue value = YamlText.documents("a: [hunter2, {b: hunter2}]").get(0);
    assertFalse(value.toString().contains("hunter2"), value.toString());
    YamlValue.Items items = (YamlValue.Items) ((YamlValue.Fields) value).get("a");
    assertFalse(items.toString().contains("hunter2"), items.toString());
    assertFalse(
        items.items().get(0).toString().contains("hunter2"), items.items().get(0).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: 1\nb: hunter2\na: hunter2",
        "hunter2: 1\nhunter2: 2",
        "a: !!javax.script.ScriptEngineManager [!!java.net.URL ['http://hunter2/']]",
        "a: !hunter2 b",
        "a: !!int 5",
        "!!set {hunter2}",
        "!!binary aHVudGVyMg==",
        "a: &x [1]\nb: *x",
        "a: &x {b: *x}",
        "a: *hunter2",
        "? [a, hunter2]\n: b",
        "? ~\n: b",
        "a: {hunter2",
        "a: 'hunter2",
        "hunter2\n: : :",
        "a: @hunter2",
        "a: !hunter2!b c",
        "a: \"\\Uhunter2x\"",
        "a: \"\\hunter2\"",
        "\ta: hunter2",
        "a: \u0007hunter2",
        "%YAML 9.9\n--- hunter2",
      })
  void hostileAndMalformedTextIsRefusedWithoutQuotingIt(String text) {
    MalformedFileException e =
        assertThrows(MalformedFileException.class, () -> YamlText.documents(text));
    assertEquals(1, e.problems().size());
    assertFalse(e.toString().contains("hunter2"), e.toString());
    assertEquals(1, e.problems().get(0).lines().count());
  }

  /** The YAML library throws a NumberFormatException for these texts. */
  @ParameterizedTest
  @ValueSource(strings = {"a: \"\\x", "a: \"\\u00", "\"\\U"})
  void incompleteEscapeIsRefused(String text) {
    MalformedFileException fault =
        assertThrows(MalformedFileException.class, () -> YamlText.documents(text));
    assertTrue(String.valueOf(fault.getMessage()).contains("not valid YAML"), fault.toString());
  }

  @Test
  void messagesHaveNoControlCharacters() {
    MalformedFileException fault =
        assertThrows(MalformedFileException.class, () -> YamlText.documents("&"));
    String message = String.valueOf(fault.getMessage());
    assertTrue(message.chars().noneMatch(Character::isISOControl), message.replace('\0', '?'));
    assertTrue(message.contains("not valid YAML"), message);
  }

  @Test
  void aliasBombIsRefusedAtOnce() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [lol, lol]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    MalformedFileException e =
        assertThrows(MalformedFileException.class, () -> YamlText.documents(bomb.toString()));
    assertEquals(List.of("line 2: has too many aliases (*…) of lists and mappings"), e.problems());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- "})
  void deepNestingIsRefused(String opening) {
    assertThrows(MalformedFileException.class, () -> YamlText.documents(opening.repeat(100_000)));
  }

  @Test
  void errorsBeyondTwentyAreOnlyCounted() {
    MalformedFileException e =
        new MalformedFileException(java.util.Collections.nCopies(500, "wrong"));
    assertEquals(21, e.problems().size());
    assertEquals("480 more errors", e.problems().get(20));
    assertEquals("file: 480 more errors", e.in("file").problems().get(20));
    assertEquals(21, e.in("file").problems().size());
  }
}
