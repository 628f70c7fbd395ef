package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.program.Terminal;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.WebElement;

/** Tests the first visit: a browser without stored data, and a service without tokens. */
class FirstVisitIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final long MAX_BYTES = 130_000;

  /**
   * Maximum size of a compressed page. A server sends about ten segments before it waits for an
   * acknowledgment (RFC 6928), so such a page needs only one round trip.
   */
  private static final long MAX_PAGE_BYTES = 12_000;

  /** Cumulative layout shift of a page (Layout Instability API), without unit. */
  private static final double MAX_SHIFT = 0.02;

  private static final String BYTES =
      """
      return performance.getEntriesByType('navigation')
        .concat(performance.getEntriesByType('resource'))
        .filter(it => !arguments[0] || it.name.includes(arguments[0]))
        .reduce((sum, it) => sum + it.transferSize, 0);
      """;

  /** Adds the layout shifts of the page so far. */
  private static final String SHIFT =
      """
      const done = arguments[arguments.length - 1];
      let sum = 0;
      new PerformanceObserver(list => list.getEntries().forEach(it => { sum += it.value; }))
        .observe({type: 'layout-shift', buffered: true});
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum))));
      """;

  @Test
  void firstVisitTransfersFewBytesAndIsCached() {
    IntStream.range(0, 50).forEach(i -> tokens.create(TokenRequest.good()));
    browser.driver().executeCdpCommand("Network.clearBrowserCache", Map.of());
    browser.open("/sign-in");
    browser.find("button", "Sign in");
    long first = bytes("");
    browser.signIn("alice", "alice");
    browser.awaitAddress(LIST);
    browser.find(By.cssSelector("tbody tr[data-id]"));
    long second = bytes("");
    assertTrue(first > 0 && second > 0, "nothing was measured");
    assertTrue(first + second < MAX_BYTES, first + " + " + second + " bytes");

    browser.open(LIST + "?sort=name");
    browser.find(By.cssSelector("tbody tr[data-id]"));
    assertEquals(0, bytes("/assets/"), "assets are loaded again");
  }

  @Test
  void layoutIsStableWhilePagesLoad() {
    TestToken token = tokens.create();
    TestToken own = new PersonalTokens(api.as("alice")).create();
    assertStable("/sign-in");
    signInAndOpen("alice", LIST);
    for (String path :
        List.of(
            LIST,
            LIST + "/overview",
            LIST + "/audit",
            LIST + "/people",
            LIST + "/sessions",
            LIST + '/' + token.id(),
            LIST + "/people?user=user:default/alice",
            LIST + "/api",
            "/settings/personal-tokens",
            "/settings/personal-tokens/" + own.id())) {
      assertStable(path);
    }
    browser.lookAsEver();
  }

  /** Reports more events of each kind than the audit log has, so that the numbers are long. */
  private static final String MANY_EVENTS =
      """
      const real = window.fetch;
      window.fetch = async (target, options) => {
        const response = await real(target, options);
        if (!String(target.url ?? target).includes('counts=true')) {
          return response;
        }
        const body = await response.json();
        body.eventCounts.forEach(it => { it.total = 10000; it.totalIsLowerBound = true; });
        return Response.json(body);
      };
      """;

  @Test
  void layoutIsStableWhileLongNumbersLoad() {
    tokens.create();
    signInAndOpen("alice", LIST);
    withScript(
        MANY_EVENTS,
        () -> {
          assertStable(LIST + "/audit");
          browser.awaitText("10,000+");
        });
    browser.lookAsEver();
  }

  private void assertStable(String path) {
    for (int width : List.of(1440, 390)) {
      browser.look(width, false);
      browser.open(path);
      browser.find(By.cssSelector("main h1"));
      browser.until(
          () -> browser.driver().findElements(By.cssSelector("[aria-busy='true']")).isEmpty(),
          () -> path + " is still loading");
      double shift = shift();
      assertTrue(shift <= MAX_SHIFT, path + " at " + width + " px shifts by " + shift);
    }
  }

  /** Delays the response with the scopes until the test releases it. */
  private static final String HOLD_SCOPES =
      """
      const real = window.fetch;
      const held = new Promise(done => { window.release = done; });
      window.fetch = async (target, options) => {
        if (String(target.url ?? target).includes('/scopes')) {
          await held;
        }
        return real(target, options);
      };
      """;

  @Test
  void dialogsKeepTheirSize() {
    signInAndOpen("alice", "/settings/personal-tokens");
    browser.run(HOLD_SCOPES);
    browser.find(By.cssSelector("main .btn-primary:not([hidden])")).click();
    WebElement dialog = browser.dialog("Create personal token");
    WebElement days = browser.find(dialog, "button", "7 days");
    Rectangle before = days.getRect();
    browser.run("window.release()");
    browser.find(By.cssSelector("dialog input[value='access-tokens:user:read']"));
    assertEquals(before, days.getRect(), "while the scopes load");
    browser.type(browser.find(dialog, "textbox", "Name"), TokenRequest.newName());
    browser.click(dialog, "button", "Create token");
    SecretDialog once = SecretDialog.afterCreation(browser);
    WebElement copy = browser.find(once.element(), "button", "Copy");
    before = copy.getRect();
    once.copy();
    assertEquals(before, copy.getRect(), "after a copy");
    once.close();
  }

  @Test
  void firstPaintWaitsForThePageOnly() {
    signInAndOpen("alice", LIST);
    browser.find(By.cssSelector("tbody tr"));
    assertEquals(
        List.of(),
        browser.run(
            """
            return performance.getEntriesByType('resource')
              .filter(it => it.renderBlockingStatus === 'blocking')
              .map(it => it.name.split('/').pop());
            """),
        "files before the first paint");
    Object size =
        browser.run("return performance.getEntriesByType('navigation')[0].encodedBodySize");
    assertTrue(((Number) Objects.requireNonNull(size)).longValue() < MAX_PAGE_BYTES, "" + size);
    assertEquals(
        List.of(),
        browser.run(
            """
            const preloaded = [...document.querySelectorAll('[rel=modulepreload]')]
              .map(it => it.href);
            return performance.getEntriesByType('resource').map(it => it.name)
              .filter(it => it.endsWith('.js'))
              .filter(it => !preloaded.includes(it));
            """),
        "modules without a preload link");
    // The browser knows the tabs before the session is read.
    String html = String.valueOf(browser.run("return document.documentElement.dataset.tabs"));
    assertEquals("overview list audit personal people", html);
  }

  private double shift() {
    Object sum = browser.driver().executeAsyncScript(SHIFT);
    return ((Number) Objects.requireNonNull(sum)).doubleValue();
  }

  private long bytes(String of) {
    return ((Number) Objects.requireNonNull(browser.run(BYTES, of))).longValue();
  }

  @Test
  void apiReferenceNeedsNoSignInAndShowsEachOperation() {
    browser.open(LIST + "/api#createServiceToken");
    WebElement heading = browser.find("heading", "Create a service token");
    browser.awaitFocus("Create a service token");
    WebElement operation = heading.findElement(By.xpath("ancestor::article"));
    assertTrue(
        operation.getText().contains("Needs the permission access-tokens:service:write."),
        operation.getText());
    assertTrue(operation.getText().contains("expiresInDays"), operation.getText());
    long operations =
        api.get("/api/openapi.json").ok().getJsonObject("paths").values().stream()
            .flatMap(path -> path.asJsonObject().keySet().stream())
            .filter(List.of("get", "post", "put", "patch", "delete")::contains)
            .count();
    By shown = By.cssSelector("article:not([hidden]) .path");
    assertEquals(operations, browser.driver().findElements(shown).size());

    browser.type("searchbox", "Search the reference", "previous-secret delete");
    assertEquals(2, browser.driver().findElements(shown).size(), browser.text());
    browser.type("searchbox", "Search the reference", "");
  }

  /** Replaces the way in which the user has signed in. */
  private static final String SIGNED_IN_ELSEWHERE =
      """
      const real = window.fetch;
      window.fetch = async (target, options) => {
        const response = await real(target, options);
        return String(target.url ?? target).endsWith('/session')
          ? Response.json({ ...await response.json(), way: 'oidc' }) : response;
      };
      """;

  /** Returns the command of the empty list for a user who has no password of this service. */
  private String commandByToken(Browser there) {
    Map<String, Object> script =
        there
            .driver()
            .executeCdpCommand(
                "Page.addScriptToEvaluateOnNewDocument", Map.of("source", SIGNED_IN_ELSEWHERE));
    try {
      there.open(LIST);
      there.awaitText("paste a personal token with the scopes access-tokens:service:write and");
      there.awaitText("\"groupEntityRef\": \"group:default/platform\"");
      return String.valueOf(there.find(By.cssSelector("pre code")).getDomProperty("textContent"));
    } finally {
      there.driver().executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", script);
    }
  }

  private static void createByToken(Api api, String command, Path home) throws Exception {
    TestToken own = new PersonalTokens(api).create("access-tokens:service:write", "catalog:read");
    try (Terminal terminal = Terminal.start(Terminal.Shell.BASH, home)) {
      terminal.paste(command);
      terminal.await(shown -> TokenCommandIT.PROMPT.matcher(shown).matches(), "no prompt");
      terminal.paste(own.rawToken());
      terminal.await(shown -> shown.contains("\"rawToken\":"), "no token");
      terminal.exit();
      assertFalse(terminal.shown().contains(own.rawToken()), "the token was shown");
    }
  }

  @Test
  void firstTokenIsOneClickAway(@TempDir Path home) throws Exception {
    try (RunningApplication fresh =
        RunningApplication.start(WarProcess.inNewFolder().with("--in-memory"))) {
      Browser there = browser.at(fresh.api().origin());
      there.open("/");
      there.signIn("carol", "carol");
      there.find("heading", "Create your first service token");
      there.awaitText("curl -u carol " + fresh.api().origin() + "/api/access-tokens/service");
      there.awaitText(
          "\"groupEntityRef\": \"group:default/platform\", \"scopes\": [\"catalog:read\"]");
      check("list-empty");
      String command = commandByToken(there);
      there.open(LIST + "/overview");
      there.find("heading", "No service tokens yet");
      picture("overview-empty");
      there.open(LIST + "/audit");
      there.find("heading", "Nothing has happened yet");
      picture("audit-empty");
      there.open("/settings/personal-tokens");
      there.find("heading", "No personal tokens yet");
      picture("personal-empty");
      there.open(LIST);
      there.click("link", "API reference");
      there.awaitAddress(LIST + "/api");
      there.open(LIST);
      there.click("button", "Create token");
      WebElement dialog = there.dialog("Create service token");
      there.type(there.find(dialog, "textbox", "Name"), "first");
      there.type(there.find(dialog, "textbox", "Description"), "The first of many");
      there.find(By.cssSelector("dialog input[value='catalog:read']")).click();
      there.click(dialog, "button", "Create token");
      WebElement once = there.dialog("Token created");
      there.click(once, "button", "Copy");
      there.awaitText("Copied.");
      there.click(once, "button", "Done");
      there.row("first");
      createByToken(fresh.api().as("carol"), command, home);
      browser.driver().get("about:blank"); // the page would lose its server
    }
  }
}
