package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ServiceTokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Cookie;

/**
 * Tests attacks by other sites in the browser of a signed-in user. One site has another name. The
 * other one is on another port of the same host, so browsers send it the same cookies.
 */
class CrossSiteIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final String COOKIE = "access-tokens-session";

  private HttpServer site;
  private volatile String page = "";

  @BeforeEach
  void startSite() throws IOException {
    site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    site.createContext(
        "/",
        exchange -> {
          byte[] html = page.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
          exchange.sendResponseHeaders(200, html.length);
          exchange.getResponseBody().write(html);
          exchange.close();
        });
    site.start();
    signInAndOpen("alice", LIST);
    browser.expectConsole("status of 4");
    browser.expectConsole("CORS policy");
    browser.expectConsole("net::ERR_");
    browser.expectConsole("frame-ancestors");
    browser.expectConsole("Refused to display");
  }

  @AfterEach
  void stopSite() {
    site.stop(0);
  }

  private void visit(String host, String html) {
    page = "<!doctype html><title>elsewhere</title>" + html;
    browser.driver().get("http://" + host + ':' + site.getAddress().getPort() + '/');
  }

  private static String token(String name) {
    return """
    {"name":"%s","description":"d","groupEntityRef":"platform","scopes":["catalog:read"]}\
    """
        .formatted(name);
  }

  private void nothingHasHappened(String name) {
    String listed = api.as("alice").get(ServiceTokens.PATH + "?limit=500").text();
    assertFalse(listed.contains(name), name + " was made by another site");
    browser.open(LIST);
    browser.find("heading", "Service tokens");
    Object subject =
        browser
            .driver()
            .executeAsyncScript(
                "const done = arguments[0];"
                    + " fetch('../api/access-tokens/session').then(it => it.json())"
                    + ".then(it => done(it.subject));");
    assertEquals("user:default/alice", subject);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1"})
  void crossSiteFormChangesNothing(String host) {
    String name = "form-" + host.replaceAll("[^a-z0-9]", "-");
    for (String path : new String[] {ServiceTokens.PATH, BrowserSession.PATH}) {
      // A form can only send JSON in this way: as text/plain.
      String json =
          path.equals(ServiceTokens.PATH) ? token(name) : BrowserSession.credentials("bob", "bob");
      String head = json.substring(0, json.length() - 1).replace("\"", "&quot;");
      visit(
          host,
          "<form method=post enctype='text/plain' action='"
              + api.origin()
              + path
              + "'><input name='"
              + head
              + ",&quot;x&quot;:&quot;' value='&quot;}'></form>"
              + "<script>document.forms[0].submit()</script>");
      browser.until(
          () ->
              Objects.requireNonNullElse(browser.driver().getCurrentUrl(), "")
                  .startsWith(api.origin()),
          () -> "the form was not sent");
      nothingHasHappened(name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1"})
  void crossSiteScriptChangesNothing(String host) {
    String name = "fetch-" + host.replaceAll("[^a-z0-9]", "-");
    String[] options = {
      "{method: 'POST', mode: 'no-cors', credentials: 'include', body: '%s'}",
      "{method: 'POST', mode: 'cors', credentials: 'include', body: '%s',"
          + " headers: {'Content-Type': 'application/json', 'X-Requested-With': 'x'}}",
      "{method: 'DELETE', mode: 'cors', credentials: 'include', body: '%s',"
          + " headers: {'X-Requested-With': 'x'}}"
    };
    visit(host, "");
    for (String option : options) {
      String path = option.contains("DELETE") ? BrowserSession.PATH : ServiceTokens.PATH;
      Object seen =
          browser
              .driver()
              .executeAsyncScript(
                  "const done = arguments[0]; fetch('"
                      + api.origin()
                      + path
                      + "', "
                      + option.formatted(token(name))
                      + ").then(it => it.text()).then(it => done('read:' + it), () =>"
                      + " done('no'));");
      assertTrue("no".equals(seen) || "read:".equals(seen), () -> host + ": " + seen);
    }
    Object state =
        browser
            .driver()
            .executeAsyncScript(
                "const done = arguments[0]; fetch('"
                    + api.origin()
                    + BrowserSession.PATH
                    + "', {credentials: 'include'}).then(it => it.text())"
                    + ".then(it => done(it), () => done('no'));");
    assertEquals("no", state, "who is signed in is read by another site");
    nothingHasHappened(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1"})
  void pagesAreNotShownInAForeignFrame(String host) {
    visit(host, "<iframe src='" + api.origin() + LIST + "' width=900 height=600></iframe>");
    browser.driver().switchTo().frame(0);
    browser.until(
        () -> String.valueOf(browser.run("return location.href")).startsWith("chrome-error:"),
        () -> "the frame shows " + browser.run("return document.body.innerText"));
    browser.driver().switchTo().defaultContent();
    nothingHasHappened("none");
  }

  @Test
  void plantedCookieIsReplacedAtSignIn() {
    browser.driver().manage().deleteAllCookies();
    String planted = "A".repeat(43);
    browser.driver().manage().addCookie(new Cookie(COOKIE, planted));
    signInAndOpen("carol", LIST);
    Cookie now = Objects.requireNonNull(browser.driver().manage().getCookieNamed(COOKIE), COOKIE);
    assertNotEquals(planted, now.getValue());
    assertTrue(now.isHttpOnly(), now::toString);
    assertEquals("Lax", now.getSameSite());
    String readable = String.valueOf(browser.run("return document.cookie"));
    assertFalse(readable.contains(COOKIE), readable);
    api.call("GET", ServiceTokens.WHOAMI)
        .header("Cookie", COOKIE + '=' + planted)
        .send()
        .problem(401);
  }
}
