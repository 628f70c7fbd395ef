package io.accesstokens.backstage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SourceTextTest {

  static List<String> unreadable() {
    return List.of(
        "",
        "{",
        "[1e99999999999]",
        "{\"a\":1e99999999999}",
        "{\"a\":" + "1".repeat(5_000) + '}',
        "[".repeat(100_000),
        "[\"a\"]x",
        "[\"a\"][\"b\"]",
        "{\"a\":\"b\"}{}",
        "{\"a\":\"b\"} x",
        "null null");
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void unreadableJsonIsRejected(String json) {
    assertEquals(Optional.empty(), SourceText.list(json));
    assertEquals(Optional.empty(), SourceText.map(json));
  }

  @Test
  void jsonOfMoreThan100000CharactersIsRejected() {
    String longest = "a".repeat(100_000 - "[\"\"]".length());
    assertTrue(SourceText.list("[\"" + longest + "\"]").isPresent(), "the longest list");
    assertTrue(SourceText.list("[\"" + longest + "a\"]").isEmpty(), "a longer list");
    assertTrue(SourceText.map("{\"a\":\"" + longest + "\"}").isEmpty(), "a longer map");
  }

  @Test
  void valuesAreReadUnchanged() {
    assertEquals(Optional.of(List.of("a", "b")), SourceText.list("[\"a\",\"b\"]"));
    assertEquals(
        Optional.of(Map.of("a", "b", "n", "1.50")), SourceText.map("{\"a\":\"b\",\"n\":1.50}"));
  }
}
