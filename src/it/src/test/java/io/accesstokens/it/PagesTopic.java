package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the pages as files: their paths, caching and compression. */
abstract class PagesTopic extends Topic {

  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"#]+)\"");
  private static final Pattern IMPORT = Pattern.compile("from '\\./([a-z.-]+)'");

  @ParameterizedTest
  @CsvSource({
    "/sign-in,                                 sign-in",
    "/sign-in?to=admin,                        sign-in",
    "/admin/access-tokens,                     list",
    "/admin/access-tokens?q=x,                 list",
    "/admin/access-tokens/overview,            overview",
    "/admin/access-tokens/audit,               audit",
    "/admin/access-tokens/people,              people",
    "/admin/access-tokens/sessions,            sessions",
    "/admin/access-tokens/api,                 api-reference",
    "/admin/access-tokens/" + NO_ID + ",       token",
    "/settings/personal-tokens,                personal-tokens",
    "/settings/personal-tokens/consent,        consent",
    "/settings/personal-tokens/" + NO_ID + ",  personal-token",
  })
  void everyPageAndItsAssetsAreServed(String path, String script) {
    ApiResult page = anonymous.get(path).expect(200);
    assertEquals(
        "text/html; charset=utf-8",
        page.headerLine("Content-Type").replace("UTF", "utf").replace(";charset", "; charset"));
    assertEquals("nosniff", page.headerLine("X-Content-Type-Options"));
    String policy = page.headerLine("Content-Security-Policy");
    for (String element : List.of("script", "style")) {
      String inline = between(page.text(), '<' + element + '>', "</" + element + '>');
      assertTrue(policy.contains(element + "-src 'self' 'sha256-" + sha256(inline) + "';"), policy);
    }
    assertFalse(page.text().contains("style="), "an inline style");
    assertTrue(page.text().contains('/' + script + ".js\"></script>"), page::toString);
    Set<String> linked = new TreeSet<>();
    links(page).stream()
        .filter(target -> target.contains("assets/"))
        .forEach(target -> linked.add(resolve(path, target)));
    assertFalse(linked.isEmpty(), page::toString);
    for (String asset : linked) {
      ApiResult answer = anonymous.get(asset).expect(200);
      assertTrue(answer.headerLine("Cache-Control").contains("immutable"), answer::toString);
      for (String module : imports(answer)) {
        assertTrue(
            linked.contains(resolve(asset, module)), () -> module + " is not preloaded by " + path);
      }
    }
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> links(ApiResult page) {
    List<String> links = new ArrayList<>();
    Matcher matcher = LINK.matcher(page.text());
    while (matcher.find()) {
      links.add(matcher.group(1));
    }
    return links;
  }

  private static List<String> imports(ApiResult module) {
    List<String> names = new ArrayList<>();
    Matcher matcher = IMPORT.matcher(module.text());
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static String resolve(String base, String target) {
    return URI.create(base).resolve(target).getPath();
  }

  @Test
  void cachedPagesAreRevalidated() {
    String path = "/admin/access-tokens";
    ApiResult page = anonymous.get(path).expect(200);
    String tag = page.header("ETag").orElseThrow();
    assertEquals("no-cache", page.headerLine("Cache-Control"));
    for (String header : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
      ApiResult kept =
          anonymous.call("GET", path).header("If-None-Match", header).send().expect(304);
      assertEquals(0, kept.length());
      assertEquals(tag, kept.header("ETag").orElseThrow());
      assertEquals(
          page.headerLine("Content-Security-Policy"), kept.headerLine("Content-Security-Policy"));
    }
    anonymous.call("GET", path).header("If-None-Match", "\"other\"").send().expect(200);
  }

  @Test
  void acceptedGzipIsSent() throws IOException {
    String path = "/admin/access-tokens";
    ApiResult plain = anonymous.get(path).expect(200);
    assertEquals("Accept-Encoding", plain.headerLine("Vary"));
    assertEquals(List.of(), plain.headers("Content-Encoding"));
    for (String accepted : List.of("gzip", "br, gzip;q=0.5", "GZIP", "*")) {
      ApiResult compressed =
          anonymous.call("GET", path).header("Accept-Encoding", accepted).send().expect(200);
      assertEquals("gzip", compressed.headerLine("Content-Encoding"), accepted);
      assertTrue(
          compressed.length() < plain.length(),
          () -> compressed.length() + " bytes of " + plain.length());
      assertNotEquals(plain.header("ETag"), compressed.header("ETag"));
      try (var in = new GZIPInputStream(new ByteArrayInputStream(compressed.bytes()))) {
        assertArrayEquals(plain.text().getBytes(StandardCharsets.UTF_8), in.readAllBytes());
      }
    }
    for (String refused : List.of("br", "gzip;q=0", "gzip; q=0.0", "identity", "xgzip")) {
      ApiResult answer =
          anonymous.call("GET", path).header("Accept-Encoding", refused).send().expect(200);
      assertTrue(answer.header("Content-Encoding").isEmpty(), refused);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/,                              sign-in",
    "/admin,                         admin/access-tokens",
    "/admin/,                        access-tokens",
    "/admin/access-tokens/,          ../access-tokens",
    "/admin/access-tokens/audit/,    ../audit",
    "/admin/access-tokens/api/,      ../api",
    "/settings,                      settings/personal-tokens",
    "/sign-in/?to=x,                 ../sign-in?to=x",
    "/?a=b,                          sign-in?a=b",
  })
  void otherSpellingsRedirectToThePages(String path, String target) {
    assertEquals(target, anonymous.get(path).expect(302).header("Location").orElseThrow());
  }

  @Test
  void contextPathWithoutASlashRedirectsToThePages() {
    URI root = URI.create(anonymous.origin() + application.contextPath() + '/');
    if (!application.contextPath().isEmpty()) {
      ApiResult alone = anonymous.get("").expect(302);
      URI requested = URI.create(anonymous.origin() + application.contextPath());
      assertEquals(root, requested.resolve(alone.header("Location").orElseThrow()));
    }
    URI first = root.resolve(anonymous.get("/").expect(302).header("Location").orElseThrow());
    anonymous.get(anonymous.within(first.toString())).expect(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/assets/",
        "/assets/app.css",
        "/assets/0123abcd/",
        "/assets/0123abcd/nope.js",
        "/pages/",
        "/pages/page.html",
        "/admin/access-tokens/x/y",
        "/admin/other",
        "/sign-in/x",
        "/assets/0123abcd/..%2f..%2fWEB-INF%2fweb.xml",
        "/assets/0123abcd/%2e%2e/%2e%2e/WEB-INF/web.xml",
        "/assets/../WEB-INF/web.xml"
      })
  void unknownPageIsNotFound(String path) {
    ApiResult answer = raw("GET " + path + " HTTP/1.1", "Accept: */*\r\n");
    answer.expectOneOf(400, 404);
    assertFalse(answer.text().contains("<servlet"), answer::toString);
  }

  @Test
  void notFoundIsAPageInABrowser() {
    for (String path : List.of("/nope", "/admin/a/b/c/d")) {
      ApiResult answer =
          anonymous
              .call("GET", path)
              .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
              .send()
              .expect(404);
      assertTrue(answer.headerLine("Content-Type").startsWith("text/html"), answer::toString);
      for (String target : links(answer)) {
        anonymous.get(resolve(path, target)).expect(200);
      }
    }
    anonymous.call("GET", "/a".repeat(2_000)).header("Accept", "text/html").send().problem(404);
    anonymous
        .call("GET", "/api/nope")
        .header("Accept", "text/html")
        .send()
        .expectProblem()
        .expectOneOf(404, 406);
  }

  @Test
  void assetsOfAnotherVersionAreServedUncached() {
    String current = links(anonymous.get("/sign-in")).get(0);
    String other = '/' + current.replaceFirst("assets/[0-9a-f]+/", "assets/0123abcd/");
    ApiResult answer = anonymous.get(other).expect(200);
    assertEquals("no-store", answer.headerLine("Cache-Control"));
    assertEquals(anonymous.get('/' + current).text(), answer.text());
  }

  @Test
  void pagesAllowReadMethodsOnly() {
    for (String path : List.of("/sign-in", "/admin/access-tokens", "/")) {
      ApiResult refused = anonymous.call("POST", path).json("{}").send().problem(405);
      assertEquals("GET, HEAD, OPTIONS", refused.headerLine("Allow"));
      anonymous.call("OPTIONS", path).send().expect(204);
    }
    ApiResult head = anonymous.call("HEAD", "/sign-in").send().expect(200);
    assertEquals(0, head.length());
    assertEquals(anonymous.get("/sign-in").header("ETag"), head.header("ETag"));
  }
}
