package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.accesstokens.testing.TimeLimits;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that only a short and harmless product is taken from a {@code User-Agent}. */
class ClientInfoTest {

  private static @Nullable String product(@Nullable String userAgent) {
    return new ClientInfo("192.0.2.1", userAgent).product();
  }

  @ParameterizedTest
  @CsvSource({
    "curl/8.5.0, curl/8.5.0",
    "curl, curl",
    "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0, Mozilla/5.0",
    "'a/1\tb/2', a/1",
    "'a ', a",
    "a (<script>), a",
    "Go-http-client/1.1, Go-http-client/1.1",
    "my_service.worker+x/v1.2~rc!3, my_service.worker+x/v1.2~rc!3",
    "!#$%&'*+-.^_`|~, !#$%&'*+-.^_`|~"
  })
  void firstProductIsTaken(String userAgent, String expected) {
    assertEquals(expected, product(userAgent));
    assertEquals(expected, product(expected), "of the product itself");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\t \t",
        "   curl/8",
        "/",
        "/1.0",
        "//",
        "curl/",
        "curl/ 8",
        "curl/8/9",
        "curl//8",
        "(comment) curl/8",
        "curl(comment)",
        "curl/8;x",
        "curl,wget",
        "<script>alert(1)</script>",
        "\"curl\"",
        "a=b",
        "@a",
        "a@b",
        "{}",
        "a\\b",
        "a:b",
        "k\u00fcche/1",
        "\u00a0curl",
        "a\u2028b",
        "\ud83d\ude00",
        "\ud83d",
        "a\u0000",
        "a\u007f",
        "a\r\nb",
        "\u0130/1"
      })
  void otherTextIsNoProduct(String userAgent) {
    assertNull(product(userAgent), userAgent);
  }

  @Test
  void missingHeaderIsNoProduct() {
    assertNull(product(null));
    assertSame(ClientInfo.UNKNOWN, ClientInfo.at(null));
    assertEquals(new ClientInfo("192.0.2.1", null), ClientInfo.at("192.0.2.1"));
  }

  @Test
  void longProductIsCut() {
    String name = "n".repeat(64);
    assertEquals(name, product(name));
    assertEquals(name, product(name + "n"));
    assertEquals(name, product(name + "/1"));
    assertEquals(name, product(name + "(not examined"));
    assertEquals(name.substring(1), product(name.substring(1) + "/1"), "no slash at the end");
    assertEquals(name.substring(2) + "/1", product(name.substring(2) + "/12"));
    assertEquals("a/" + "1".repeat(62), product("a/" + "1".repeat(100)));
  }

  @Test
  void rawTokenIsNoProduct() {
    for (RawToken.Kind kind : RawToken.Kind.values()) {
      String raw = RawTokenFormat.DEFAULT.create(kind, new SecureRandom()).reveal();
      for (String userAgent :
          new String[] {
            raw, raw + " x", "a/" + raw, raw + "/1", "x_y-" + raw, "z".repeat(58) + raw, raw + "!"
          }) {
        assertNull(product(userAgent), userAgent);
      }
    }
    String fromThePlugin = "bsat_" + "-_aB0".repeat(9).substring(0, 43);
    assertNull(product(fromThePlugin));
    assertEquals(
        fromThePlugin.substring(0, 47), product(fromThePlugin.substring(0, 47)), "too short");
    assertEquals("a_" + "b".repeat(42) + ".c", product("a_" + "b".repeat(42) + ".c"));
  }

  @Test
  void lengthOfTheHeaderDoesNotMatter() {
    String text = "_".repeat(1_000_000);
    String spaces = " ".repeat(1_000_000);
    String name = "n".repeat(1_000_000);
    int examined =
        TimeLimits.within(
            Duration.ofSeconds(10),
            () ->
                assertTimeoutPreemptively(
                    Duration.ofMinutes(1),
                    () -> {
                      int length = 0;
                      for (int i = 0; i < 100_000; i++) {
                        assertNull(product(text));
                        assertNull(product(spaces));
                        length = String.valueOf(product(name)).length();
                      }
                      return length;
                    }));
    assertEquals(64, examined);
  }
}
