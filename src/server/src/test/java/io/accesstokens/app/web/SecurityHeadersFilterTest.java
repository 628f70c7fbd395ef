package io.accesstokens.app.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.app.settings.SettingsLoader;
import io.accesstokens.testing.TestDouble;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecurityHeadersFilterTest {

  @TempDir Path directory;

  /** Behind a proxy that ends TLS, only the public URL shows that browsers use TLS. */
  @ParameterizedTest
  @CsvSource({
    "https://tokens.example.com, false, max-age=31536000",
    "HTTPS://tokens.example.com, false, max-age=31536000",
    "http://127.0.0.1:8080, true, max-age=31536000",
    "http://127.0.0.1:8080, false, none",
  })
  void browsersUseTlsForAYearIfThePublicUrlOrTheConnectionHasTls(
      String publicUrl, boolean secure, String expected) throws Exception {
    SecurityHeadersFilter filter = new SecurityHeadersFilter();
    filter.configure(
        SettingsLoader.ofProcess(
                Map.of("accessTokens.publicUrl", publicUrl, "accessTokens.inMemory", "true"),
                directory)
            .load());
    Map<Object, Object> headers = new HashMap<>();
    filter.doFilter(
        TestDouble.of(HttpServletRequest.class, call -> secure),
        TestDouble.of(
            HttpServletResponse.class, call -> headers.put(call.argument(0), call.argument(1))),
        (request, response) -> {});
    assertEquals(expected, headers.getOrDefault("Strict-Transport-Security", "none"));
  }
}
