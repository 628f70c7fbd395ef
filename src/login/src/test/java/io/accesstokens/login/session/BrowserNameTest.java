package io.accesstokens.login.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.accesstokens.login.password.RequestInfo;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserNameTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Firefox on Linux   | Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
          Chrome on Windows  | Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36
          Edge on Windows    | Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0
          Safari on iPhone   | Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1
          Safari on macOS    | Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15
          Chrome on Android  | Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36
          Chrome on Linux    | Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36
          Chrome on ChromeOS | Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36
          curl               | curl/8.14.1
          Windows            | Something/1.0 (Windows)
          """)
  void browserAndSystemAreNamed(String name, String userAgent) {
    assertEquals(name, BrowserName.of(userAgent));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "<img src=x onerror=alert(1)>", "\u202eelgooG", "firefox/1"})
  void unknownClientHasNoName(String userAgent) {
    assertNull(BrowserName.of(userAgent));
  }

  @Test
  void nameContainsNoTextOfTheClient() {
    assertEquals(
        "Firefox on Linux", BrowserName.of("<script>alert(1)</script> Firefox/<b> Linux\r\nX: y"));
    assertNull(BrowserName.of("Firefox/1 " + "x".repeat(1_000)), "a header that is too long");
  }

  @Test
  void deviceHasOneUserAgentAndABoundedAddress() {
    assertEquals("curl", BrowserName.deviceOf(requestInfo("192.0.2.1", "curl/8")).name());
    assertNull(BrowserName.deviceOf(requestInfo("192.0.2.1", "curl/8", "Firefox/1")).name());
    assertNull(BrowserName.deviceOf(requestInfo("192.0.2.1")).name());
    assertEquals("192.0.2.1", BrowserName.deviceOf(requestInfo("192.0.2.1")).address());
    assertNull(BrowserName.deviceOf(requestInfo("1".repeat(101))).address());
    assertEquals("1".repeat(100), BrowserName.deviceOf(requestInfo("1".repeat(100))).address());
  }

  private static RequestInfo requestInfo(String address, String... userAgents) {
    MultivaluedMap<String, String> headers = new MultivaluedHashMap<>();
    headers.put("User-Agent", List.of(userAgents));
    return new RequestInfo(
        null, "POST", () -> URI.create("http://127.0.0.1/"), headers, address, false);
  }
}
