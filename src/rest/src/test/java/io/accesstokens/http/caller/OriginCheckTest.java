package io.accesstokens.http.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginCheckTest {

  private static final URI REQUEST = URI.create("http://tokens.example:8080/api/x");

  private static List<String> header(@Nullable String value) {
    return value == null ? List.of() : List.of(value);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // columns: method, Sec-Fetch-Site, Origin, public URL, passes
        "POST,   -,           -,                            -, true",
        "POST,   same-origin, -,                            -, true",
        "POST,   none,        -,                            -, true",
        "POST,   same-site,   -,                            -, false",
        "POST,   cross-site,  -,                            -, false",
        "POST,   Same-Origin, -,                            -, false",
        "POST,   '',          -,                            -, false",
        "POST,   odd,         http://tokens.example:8080,   -, false",
        "POST,   same-origin, http://evil.example,          -, true",
        "POST,   cross-site,  http://tokens.example:8080,   -, false",
        "DELETE, cross-site,  -,                            -, false",
        "PATCH,  cross-site,  -,                            -, false",
        "PUT,    -,           http://evil.example,          -, false",
        "get,    cross-site,  -,                            -, false",
        "GET,    cross-site,  http://evil.example,          -, true",
        "HEAD,   cross-site,  -,                            -, true",
        "OPTIONS,cross-site,  -,                            -, true",
        "TRACE,  cross-site,  -,                            -, true",
        "POST,   -,           http://tokens.example:8080,   -, true",
        "POST,   -,           HTTP://Tokens.Example:8080,   -, true",
        "POST,   -,           https://tokens.example:8080,  -, false",
        "POST,   -,           http://tokens.example,        -, false",
        "POST,   -,           http://tokens.example:8081,   -, false",
        "POST,   -,           http://tokens.example:8080/,  -, false",
        "POST,   -,           http://tokens.example:8080.evil.example, -, false",
        "POST,   -,           http://tokens.example:8080@evil.example, -, false",
        "POST,   -,           http://x@tokens.example:8080, -, false",
        "POST,   -,           null,                         -, false",
        "POST,   -,           '',                           -, false",
        "POST,   -,           https://access.example,     https://access.example/x/,    true",
        "POST,   -,           https://access.example:443, https://access.example,       true",
        "POST,   -,           https://access.example,     https://Access.example:443,   true",
        "POST,   -,           http://access.example:80,   http://access.example,        true",
        "POST,   -,           http://access.example,      https://access.example,       false",
        "POST,   -,           http://tokens.example:8080, https://access.example,       false",
        "POST,   -,           http://[::1]:8080,          http://[::1]:8080,            true",
        "POST,   -,           http://my_host:8080,        http://my_host:8080,          true",
      })
  void unsafeRequestsPassFromTheSameOriginOnly(
      String method,
      @Nullable String site,
      @Nullable String origin,
      @Nullable URI publicUrl,
      boolean passes) {
    assertEquals(
        passes,
        new OriginCheck(publicUrl).passes(method, header(site), header(origin), () -> REQUEST));
  }

  @Test
  void defaultPortsOfTheRequestAreNormalized() {
    OriginCheck check = new OriginCheck(null);
    List<String> origin = List.of("http://tokens.example");
    assertTrue(
        check.passes("POST", List.of(), origin, () -> URI.create("http://tokens.example:80/")),
        "the default port of http equals no port");
    assertFalse(
        check.passes("POST", List.of(), origin, () -> URI.create("https://tokens.example/")),
        "another scheme is another origin");
  }

  @Test
  void repeatedHeadersDoNotPass() {
    OriginCheck check = new OriginCheck(null);
    List<String> twice = List.of("same-origin", "same-origin");
    assertFalse(
        check.passes("POST", twice, List.of(), () -> REQUEST),
        "two Sec-Fetch-Site headers do not pass");
    List<String> origins = List.of("http://tokens.example:8080", "http://tokens.example:8080");
    assertFalse(
        check.passes("POST", List.of(), origins, () -> REQUEST), "two Origin headers do not pass");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokens.example", "/path", "mailto:x@example.org"})
  void publicUrlWithoutAHostIsRefused(String url) {
    assertThrows(IllegalArgumentException.class, () -> new OriginCheck(URI.create(url)));
  }
}
