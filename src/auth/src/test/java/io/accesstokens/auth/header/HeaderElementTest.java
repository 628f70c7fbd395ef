package io.accesstokens.auth.header;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.auth.header.HeaderElement.Parameter;
import io.accesstokens.testing.TimeLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderElementTest {

  @Test
  void nameAndParametersAreRead() {
    HeaderElement element =
        HeaderElement.parse(" Text/Html ; Charset=UTF-8;; a=\"x;\\\"y\\\\\" ;b=\"\";")
            .orElseThrow();
    assertEquals("text/html", element.name());
    assertEquals("html", element.subtype());
    assertEquals(
        List.of(
            new Parameter("charset", "UTF-8", false),
            new Parameter("a", "x;\"y\\", true),
            new Parameter("b", "", true)),
        element.parameters());
    assertEquals(Optional.of("UTF-8"), element.parameter("charset"));
    assertEquals(Optional.empty(), element.parameter("c"));
    assertEquals("", HeaderElement.parse("gzip").orElseThrow().subtype());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "/",
        "a/",
        "/a",
        "a/b/c",
        "a b",
        "a/b c=d",
        "a; b",
        "a;b=",
        "a;=b",
        "a;b =c",
        "a;b= c",
        "a;b=\"",
        "a;b=\"\\",
        "a;b=\"c\"d",
        "a,b",
        "a(b)",
        "\u00e4",
        "a\u0000"
      })
  void malformedElementsAreRejected(String text) {
    assertEquals(Optional.empty(), HeaderElement.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "a,            1",
    "a;q=0,        0",
    "a;q=0.,       0",
    "a;Q=0.5,      0.5",
    "a;q=0.123,    0.123",
    "a;x=y;q=0.5,  0.5",
    "a;q=1.000,    1",
    "a;q=0.5;q=1,  0.5",
    "a;q=0.1234,   -1",
    "a;q=1.001,    -1",
    "a;q=2,        -1",
    "a;q=00,       -1",
    "a;q=.5,       -1",
    "a;q=x,        -1",
    "'a;q=\"1\"',  -1",
  })
  void firstWeightIsUsed(String element, double quality) {
    assertEquals(quality, HeaderElement.parse(element).orElseThrow().quality());
  }

  @Test
  void linesAreSplitAtCommasAndMalformedElementsAreLeftOut() {
    List<HeaderElement> elements = HeaderElement.list(List.of("gzip, ,a b,", "*;q=0", ""));
    assertEquals(List.of("gzip", "*"), elements.stream().map(HeaderElement::name).toList());
  }

  /** Pins a fix: as regular expressions, each of these took seconds or overflowed the stack. */
  @Test
  void longTextsAreReadInLinearTime() {
    String spaces = " ".repeat(1_000_000);
    List<HeaderElement> read =
        TimeLimits.within(
            Duration.ofSeconds(10),
            () ->
                HeaderElement.list(
                    List.of(
                        "a/b;" + spaces + ';' + spaces + '(',
                        "a/b" + ";a=b".repeat(500_000) + '(',
                        "a/b" + ";".repeat(1_000_000) + '(',
                        "a/b;a=\"" + "\\a".repeat(500_000),
                        "a/b" + ";a=b".repeat(500_000),
                        ",".repeat(1_000_000))));
    assertEquals(1, read.size(), "well-formed elements");
    assertEquals(500_000, read.get(0).parameters().size());
  }
}
