package io.accesstokens.login.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.testing.TestDouble;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnCookieTest {

  private static final String VALUE = "A".repeat(43);
  private static final String OTHER = "B".repeat(43);

  private static OwnCookie at(String publicUrl) {
    return new OwnCookie("session", URI.create(publicUrl));
  }

  private static RequestInfo sending(String... cookieHeaders) {
    MultivaluedHashMap<String, String> headers = new MultivaluedHashMap<>();
    headers.put("Cookie", new ArrayList<>(List.of(cookieHeaders)));
    return new RequestInfo(
        null, "GET", () -> URI.create("http://localhost/"), headers, null, false);
  }

  private static String sent(List<String> setCookies) {
    return setCookies.stream()
        .map(setCookie -> setCookie.split(";", 2)[0])
        .collect(Collectors.joining("; "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://tokens.example",
        "http://tokens.example/app",
        "https://tokens.example",
        "https://tokens.example/app"
      })
  void issuedCookieIsReadBack(String publicUrl) {
    OwnCookie cookie = at(publicUrl);
    String issued = sent(cookie.setHeaders(VALUE, sending()));
    assertEquals(Optional.of(VALUE), cookie.value(sending("x=y;; " + issued + "; z; \t;")));
    assertEquals(Optional.of(VALUE), cookie.value(sending(issued.split("; ", -1))));
    assertEquals(Optional.empty(), cookie.value(sending("x" + issued.split("; ", -1)[0])));
    assertEquals(Optional.empty(), cookie.value(sending()));
    String cleared = sent(cookie.removalHeaders(sending()));
    assertEquals(issued.split(";", -1).length, cleared.split(";", -1).length, cleared);
    assertTrue(
        cookie.removalHeaders(sending()).stream()
            .allMatch(header -> header.endsWith("; Max-Age=0")),
        cleared);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u2000", "\u3000", "\u001c", "\u000b", "\u00a0"})
  void nameThatBeginsWithOtherWhitespaceIsAnotherName(String whitespace) {
    OwnCookie cookie = at("https://tokens.example");
    String planted = whitespace + "__Host-session=" + OTHER;
    assertEquals(Optional.empty(), cookie.value(sending(planted)));
    assertEquals(
        Optional.of(VALUE),
        cookie.value(sending(planted + "; \t __Host-session=" + VALUE + "\t ")));
  }

  @Test
  void attributesFollowFromThePublicUrl() {
    assertEquals(
        List.of("session=v; Path=/app; HttpOnly; SameSite=Lax"),
        at("http://tokens.example/app").setHeaders("v", sending()));
    assertEquals(
        List.of("__Host-session=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=9"),
        at("https://tokens.example").setHeaders("v", sending(), 9));
    List<String> below = at("https://tokens.example/a/b").setHeaders("v", sending(), 9);
    assertEquals(2, below.size(), below::toString);
    assertEquals(
        "__Secure-session=v; Path=/a/b; HttpOnly; SameSite=Lax; Secure; Max-Age=9", below.get(0));
    assertTrue(
        below
            .get(1)
            .matches(
                "__Host-session-proof\\.a\\.b=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax;"
                    + " Secure; Max-Age=9"),
        below::toString);
  }

  @Test
  void proofsOfAllContextPathsHaveDifferentNames() {
    List<String> paths =
        List.of("/a/b", "/a-b", "/a.b", "/a_b", "/a%20b", "/a_00002fb", "/a/-b", "/\u00e9", "/e");
    Set<String> names = new HashSet<>();
    for (String path : paths) {
      String proof = at("https://tokens.example" + path).setHeaders("v", sending()).get(1);
      String name = proof.split("=", 2)[0];
      assertTrue(name.matches("__Host-session-proof[A-Za-z0-9._-]+"), name);
      names.add(name);
    }
    assertEquals(paths.size(), names.size(), names::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://tokens.example", "https://tokens.example"})
  void severalDifferentValuesAreIgnored(String publicUrl) {
    OwnCookie cookie = at(publicUrl);
    String issued = sent(cookie.setHeaders(VALUE, sending()));
    String name = issued.split("=", 2)[0];
    for (String planted : List.of(name + '=' + OTHER, name + "=", name + "=x")) {
      assertEquals(Optional.empty(), cookie.value(sending(planted + "; " + issued)), planted);
      assertEquals(Optional.empty(), cookie.value(sending(issued, planted)), planted);
    }
    assertEquals(Optional.of(VALUE), cookie.value(sending(issued + "; " + issued)));
  }

  /** A site on a sibling subdomain can set every cookie whose name does not begin with __Host-. */
  @Test
  void plantedCookieBelowAPathIsIgnored() {
    OwnCookie cookie = at("https://tokens.example/app");
    String planted = "__Secure-session=" + OTHER;
    assertEquals(Optional.empty(), cookie.value(sending(planted)));
    String issued = sent(cookie.setHeaders(VALUE, sending()));
    assertEquals(Optional.of(VALUE), cookie.value(sending(planted + "; " + issued)));
    String ownProof = issued.split("; ", -1)[1];
    assertEquals(Optional.empty(), cookie.value(sending(planted + "; " + ownProof)));
    String otherProof = sent(cookie.setHeaders(OTHER, sending())).split("; ", -1)[1];
    assertEquals(Optional.empty(), cookie.value(sending(planted, issued, otherProof)));
  }

  /** A link with such a path would give the session to all hosts of the domain. */
  @Test
  void pathParametersOfTheRequestAreNotInTheCookie() {
    HttpServletRequest request =
        TestDouble.of(
            HttpServletRequest.class,
            call -> call.name().equals("getContextPath") ? "/a;x=y;Domain=example/b;" : null);
    RequestInfo requestInfo =
        new RequestInfo(
            request,
            "POST",
            () -> URI.create("https://tokens.example/a/b"),
            new MultivaluedHashMap<>(),
            null,
            true);
    String cookie = new OwnCookie("session", null).setHeaders(VALUE, requestInfo).get(0);
    assertTrue(cookie.contains("; Path=/a/b; "), cookie);
    assertFalse(cookie.contains("Domain"), cookie);
  }

  @Test
  void applicationsAtOtherPathsDoNotShareAProof() {
    String issued = sent(at("https://tokens.example/a").setHeaders(VALUE, sending()));
    assertEquals(Optional.empty(), at("https://tokens.example/b").value(sending(issued)));
  }
}
