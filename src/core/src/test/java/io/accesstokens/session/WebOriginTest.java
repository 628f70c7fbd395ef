package io.accesstokens.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebOriginTest {

  @ParameterizedTest
  @CsvSource({
    "https://portal.example, https://portal.example",
    "HTTPS://Portal.Example:443, https://portal.example",
    "http://portal.example:80, http://portal.example",
    "http://portal.example:443, http://portal.example:443",
    "https://xn--bcher-kva.example, https://xn--bcher-kva.example",
    "http://my_host:65535, http://my_host:65535",
    "http://[::1]:3000, http://[::1]:3000",
    "chrome-extension://abcdef, chrome-extension://abcdef"
  })
  void originHasOneForm(String text, String form) {
    WebOrigin origin = WebOrigin.parse(text).orElseThrow();
    assertEquals(form, origin.toString());
    assertEquals(Optional.of(origin), WebOrigin.parse(form));
    assertEquals(form.startsWith("http"), origin.isHttp(), form);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "portal.example",
        "https://",
        "https://portal.example/",
        "https://portal.example?x",
        "https://portal.example#x",
        "https://user@portal.example",
        "https://portal.example:65536",
        "https://portal.example:",
        "https://b\u00fccher.example",
        "https://p\u043ertal.example",
        "https://portal.example\u202e",
        "https://por%74al.example",
        "https://a.example https://b.example",
        "https://a.example,https://b.example",
        "https://<b>.example"
      })
  void otherTextIsNoOrigin(String text) {
    assertEquals(Optional.empty(), WebOrigin.parse(text));
  }

  @Test
  void originHasAtMost300Characters() {
    String host = "a".repeat(253);
    assertEquals(Optional.empty(), WebOrigin.parse("https://" + host + "a"));
    String longest = WebOrigin.parse("s" + "c".repeat(30) + "://" + host + ":65535").toString();
    assertTrue(longest.length() <= 300 + "Optional[]".length(), longest);
  }
}
