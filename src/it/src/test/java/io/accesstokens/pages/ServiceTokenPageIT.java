package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** Tests the life of a token in the pages: created, copied, used, viewed, revoked, rejected. */
class ServiceTokenPageIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";

  /** Returns true if the page can be left without a question. */
  private static final String BEFORE_LEAVING =
      "return window.dispatchEvent(new Event('beforeunload', {cancelable: true}))";

  /** Computes verdicts with the module of the page, for tokens with different last uses. */
  private static final String VERDICTS =
      """
      const done = arguments[arguments.length - 1];
      const ago = hours => hours === null ? null : new Date(Date.now() - hours * 3600e3).toISOString();
      const verdict = (of, status, used, refused, ended) => of({status, createdAt: ago(9000),
        lastUsedAt: ago(used), revokedAt: ago(ended), expiresAt: ago(ended ?? -9000)},
        {accepted: {}, refused: {lastAt: ago(refused)}, days: [{accepted: 0, refused: 0}]}).heading;
      import(document.querySelector('script[type=module]').src.replace('token.js', 'verdict.js'))
        .then(({verdictOf: of}) => done([
          verdict(of, 'active', 7, null, null),
          verdict(of, 'active', 3 * 24, null, null),
          verdict(of, 'active', 45 * 24, null, null),
          verdict(of, 'active', 97 * 24, null, null),
          verdict(of, 'active', 97 * 24, 2, null),
          verdict(of, 'active', null, null, null),
          verdict(of, 'expired', 200, null, 100),
          verdict(of, 'revoked', 200, 2, 100),
          verdict(of, 'revoked', 200, 3 * 24, 100)]));
      """;

  /**
   * Computes whether tokens are due for renewal: a token of 30 days on two of its days, and a token
   * of 365 days that a rotation gave a new secret for the last 7 days.
   */
  private static final String DUE =
      """
      const done = arguments[arguments.length - 1];
      const day = count => new Date(count * 86400e3).toISOString();
      import(document.querySelector('script[type=module]').src.replace('token.js', 'status.js'))
        .then(({isDue}) => {
          const due = (lifetime, secret, end, now) => isDue({createdAt: day(-300), secretCreatedAt: day(secret),
            lifetimeSeconds: lifetime * 86400, expiresAt: day(end)}, now * 86400e3);
          done([due(30, 0, 30, 19), due(30, 0, 30, 21), due(365, 358, 365, 359)]);
        });
      """;

  /** Gives the first scope a description with Greek capitals. */
  private static final String GREEK_SCOPE =
      """
      const real = window.fetch;
      window.fetch = async (target, options) => {
        const response = await real(target, options);
        if (!String(target).endsWith('/service/scopes')) {
          return response;
        }
        const body = await response.json();
        body.scopes[0].description = '\\u039a\\u03a3\\u039c';
        return Response.json(body);
      };
      """;

  /** Computes what is known of the needs of scopes, with the module of the page. */
  private static final String NEEDS =
      """
      const done = arguments[arguments.length - 1];
      const ago = days => days === null ? null : new Date(Date.now() - days * 24 * 3600e3).toISOString();
      import(document.querySelector('script[type=module]').src.replace('token.js', 'needed.js'))
        .then(({needOf, needText}) => {
          const scopes = needs => needs.map(([first, last], i) =>
            ({scope: 's' + i, firstNeededAt: ago(first), lastNeededAt: ago(last)}));
          const states = needs => needs.map((_, i) => needOf('s' + i, scopes(needs))).join(' ');
          const text = (scope, needs) => needText(scope, scopes(needs))?.textContent ?? '';
          done([
            states([[null, null], [null, null]]),
            states([[89, 1], [null, null]]),
            states([[91, 1], [null, null]]),
            states([[91, 1], [120, 100], [1, 1]]),
            states([[120, 91], [null, null]]),
            states([[120, 80], [1, 1], [null, null]]),
            text('s0', [[91, 0.1], [null, null]]),
            text('s1', [[91, 0.1], [null, null]]),
            text('s0', [[120, 100]]),
            text('other', [[120, 1]]),
            text('s0', [])]);
        });
      """;

  /**
   * Holds the next response with a token until the test calls {@code release}. The page has handled
   * the response when the function calls the given callback.
   */
  private static final String HOLD_TOKEN =
      """
      const [id] = arguments;
      const { fetch } = window;
      window.fetch = async (url, options) => {
        const response = await fetch(url, options);
        if (!window.release && String(url).endsWith(id)) {
          const handled = await new Promise(resolve => { window.release = resolve; });
          const body = response.json();
          response.json = () => body.finally(() => setTimeout(handled));
        }
        return response;
      };
      """;

  private final ServiceTokenDialog create = new ServiceTokenDialog(browser);

  @Test
  void tokenIsCreatedUsedAndRevoked() {
    String name = TokenRequest.newName();
    openAs("alice", LIST);
    create(name);
    SecretDialog once = SecretDialog.afterCreation(browser);
    String rawToken = once.secret();
    allowClipboard();
    once.copy();
    assertEquals(rawToken, clipboard());
    once.close();
    once.assertForgotten();

    assertEquals(
        "service-token:group:default/platform:" + name,
        api.bearer(rawToken).get(ServiceTokens.WHOAMI).ok().getString("subject"));

    browser.choose(name, "Audit");
    browser.find("heading", name);
    browser.awaitText("Audit log");
    browser.awaitText("Created");
    browser.open(LIST);

    browser.click(() -> browser.row(name), "button", "Revoke");
    WebElement revoke = browser.dialog("Revoke token");
    browser.click(revoke, "button", "Revoke");
    browser.awaitText("Say why");
    browser.type(browser.find(revoke, "textbox", "Reason"), "The tour is over");
    browser.click(revoke, "button", "Revoke");
    browser.awaitNoDialog();
    browser.until(
        () -> browser.row(name).getText().contains("Revoked"), () -> "the row says otherwise");
    api.bearer(rawToken).get(ServiceTokens.WHOAMI).problem(401);

    browser.choose(name, "Audit");
    browser.awaitText("The tour is over");
  }

  @Test
  void pageSaysWhetherTheTokenIsSafeToRevoke() {
    TestToken made = tokens.create();
    openAs("alice", LIST + '/' + made.id());
    browser.find("heading", "Not used yet.");
    WebElement scopes = browser.find("region", "Scopes");
    assertTrue(
        scopes.getText().contains("Read entities of the software catalog"), scopes.getText());
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).ok();
    browser.until(
        () -> tokens.get(made.id()).get("lastUsedAt") != JsonValue.NULL, () -> "no use is shown");
    comeBack();
    browser.find("heading", "In use now. Do not revoke it yet.");

    // Another administrator revokes the token while the user is elsewhere. A response from before
    // arrives late.
    browser.run(HOLD_TOKEN, made.id());
    comeBack();
    browser.until(() -> browser.run("return window.release") != null, () -> "nothing is held");
    api.as("carol")
        .delete(ServiceTokens.path(made.id()), "{\"reason\": \"It leaked\"}")
        .expect(204);
    comeBack();
    browser.awaitText("by carol");
    browser.driver().executeAsyncScript("window.release(arguments[0])");
    browser.awaitText("“It leaked”");
    browser.find("heading", "Nothing has tried it since.");
    for (String action : List.of("Revoke", "Rotate", "Edit", "Edit scopes", "Edit limits")) {
      assertFalse(browser.has("button", action), "“" + action + "” is still offered");
    }
    browser.driver().executeCdpCommand("Network.enable", Map.of());
    block("*/create.js");
    try {
      browser.expectConsole("net::ERR_BLOCKED_BY_CLIENT");
      browser.click("button", "Clone");
      WebElement message = browser.find("group", "Something went wrong");
      assertTrue(message.getText().contains("then reload the page."), message::getText);
    } finally {
      block();
    }
    browser.click("button", "Clone");
    browser.dialog("Create service token");
  }

  /** Makes the requests of these URLs fail, and no others. */
  private void block(String... urls) {
    browser.driver().executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of(urls)));
  }

  @Test
  void tokenIsExpiringInTheLastThirdOfItsLifetime() {
    TestToken made = tokens.create(TokenRequest.good().with("expiresInDays", "30"));
    assertEquals("expiring", tokens.get(made.id()).getString("status"));
    openAs("alice", LIST + '/' + made.id());
    assertEquals("Active", browser.find(By.cssSelector("main .head .status")).getText());
    assertEquals(List.of(false, true, true), browser.driver().executeAsyncScript(DUE));
  }

  /** Comes back to the page after a minute. */
  private void comeBack() {
    comeBack(Duration.ofMinutes(1));
  }

  private void comeBack(Duration after) {
    browser.run(
        "const now = Date.now() + arguments[0]; Date.now = () => now;"
            + "document.dispatchEvent(new Event('visibilitychange'))",
        after.toMillis());
  }

  @Test
  void textsAreCurrentWhenTheUserComesBack() {
    TestToken made = tokens.create();
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).ok();
    browser.until(
        () -> {
          JsonObject usage = api.as("alice").get(ServiceTokens.path(made.id()) + "/usage").ok();
          return tokens.get(made.id()).get("lastUsedAt") != JsonValue.NULL
              && !usage.getJsonArray("callers").isEmpty()
              && usage.getJsonObject("accepted").getInt("count") == 1;
        },
        () -> "no use is shown");
    openAs("alice", LIST + '/' + made.id());
    browser.find("heading", "In use now. Do not revoke it yet.");
    browser.click(By.cssSelector("details.data summary"));
    browser.run("document.querySelector('main [aria-label=\"More actions\"]').focus()");

    comeBack(Duration.ofHours(3));
    browser.find("heading", "Used 3 hours ago. Do not revoke it yet.");
    assertTrue(browser.text().contains("Last used\n3 hours ago"), browser.text());
    browser.awaitFocus("More actions");
    assertEquals("true", browser.find(By.cssSelector("details.data")).getDomProperty("open"));

    browser.press(Keys.ENTER);
    browser.awaitFocus("Clone");
    comeBack(Duration.ofDays(2));
    browser.find("heading", "Used 2 days ago. Ask its owner first.");
    browser.awaitFocus("Clone");
  }

  @Test
  void pageOfTheAuditTrailThatArrivesLateIsNotShown() {
    TestToken made = tokens.create();
    tokens.update(made.id(), "{\"description\": \"New\"}");
    openAs("alice", LIST + '/' + made.id());
    SlowSecondPage.assertIsNotShown(browser, made.id() + "/audit?", "Changed");
  }

  @Test
  void idAndNameAndPrefixAreCopied() {
    TestToken made = tokens.create();
    openAs("alice", LIST + '/' + made.id());
    allowClipboard();
    browser.click("button", "Copy ID");
    browser.until(() -> made.id().equals(clipboard()), this::clipboard);
    browser.click("button", "Copy name");
    browser.until(() -> made.name().equals(clipboard()), this::clipboard);
    browser.run("delete Navigator.prototype.clipboard"); // as without a secure connection
    browser.click("button", "Copy Prefix");
    awaitSelection(made.token().getString("tokenPrefix"));
  }

  @Test
  @SuppressWarnings("unchecked")
  void verdictFollowsFromTheLastUses() {
    TestToken made = tokens.create();
    openAs("alice", LIST + '/' + made.id());
    List<String> verdicts = (List<String>) browser.driver().executeAsyncScript(VERDICTS, made.id());
    assertEquals(
        List.of(
            "Used 7 hours ago. Do not revoke it yet.",
            "Used 3 days ago. Ask its owner first.",
            "Not used for 45 days. Probably safe to revoke.",
            "Not used for 97 days. Safe to revoke.",
            "Not in use, but tried 2 hours ago.",
            "Never used. Safe to revoke.",
            "Expired, and no longer tried. Safe to revoke.",
            "A caller still tries to use it.",
            "Last tried 3 days ago."),
        verdicts);
  }

  @Test
  void lastNeedOfScopesIsShown() {
    TestToken made =
        tokens.create(TokenRequest.good().scopes("catalog:read", "catalog:write", "techdocs:read"));
    openAs("alice", LIST + '/' + made.id());
    assertEquals(List.of("", "", ""), needs(), "no verifier has named a scope");
    api.bearer(made.rawToken())
        .get("/api/access-tokens/verify?scope=catalog:read%20techdocs:read")
        .expect(204);
    browser.until(
        () ->
            api.as("alice")
                    .get(ServiceTokens.path(made.id()) + "/usage")
                    .ok()
                    .getJsonArray("scopes")
                    .getJsonObject(0)
                    .get("lastNeededAt")
                != JsonValue.NULL,
        () -> "no need is shown");
    browser.open(LIST + '/' + made.id());
    assertEquals(
        List.of("needed", "", "needed"),
        needs().stream().map(text -> text.replaceFirst(" (just now|.+ ago)$", "")).toList());
  }

  /** Returns the texts about the needs of the scopes of the token. */
  private List<String> needs() {
    return browser.texts(browser.find("region", "Scopes"), By.cssSelector("li > .row")).stream()
        .map(text -> text.replaceFirst("^[a-z]+:[a-z]+\\s*", ""))
        .toList();
  }

  @Test
  @SuppressWarnings("unchecked")
  void scopeIsUnneededOnlyIfVerifiersHaveNamedScopesForLong() {
    TestToken made = tokens.create();
    openAs("alice", LIST + '/' + made.id());
    List<String> needs = (List<String>) browser.driver().executeAsyncScript(NEEDS);
    assertEquals(
        List.of(
            "unknown unknown",
            "needed unknown",
            "needed unneeded",
            "needed unneeded needed",
            "needed unknown",
            "needed needed unknown",
            "needed 2 hours ago",
            "not needed in 90 days",
            "needed 100 days ago",
            "",
            ""),
        needs);
  }

  private void create(String name) {
    create.open();
    create.fill(name);
    create.send();
  }

  @Test
  void rawTokenIsNotLostAndNotStored() {
    openAs("alice", LIST);
    create(TokenRequest.newName());
    SecretDialog shown = SecretDialog.afterCreation(browser);
    WebElement once = shown.element();
    String rawToken = shown.secret();

    browser.press(Keys.ESCAPE);
    browser.find(once, "alertdialog", "Close this?");
    browser.press(Keys.ESCAPE);
    browser.press(Keys.ESCAPE);
    browser.click(once, "button", "Keep open");
    assertEquals(rawToken, Browser.valueOf(browser.find(once, "textbox", "Raw token")));

    new Actions(browser.driver()).moveToLocation(5, 5).click().perform();
    browser.click(once, "button", "Keep open");
    assertEquals(rawToken, Browser.valueOf(browser.find(once, "textbox", "Raw token")));

    // The browser dispatches this event before it leaves the page. WebDriver would answer the
    // question itself.
    assertEquals(false, browser.run(BEFORE_LEAVING));
    browser.click(once, "button", "Keep open");

    browser.press(Keys.ESCAPE);
    browser.click(once, "button", "Close");
    browser.awaitNoDialog();
    shown.assertForgotten();
    assertEquals(true, browser.run(BEFORE_LEAVING), "asks, though there is nothing to lose");
  }

  private void allowClipboard() {
    browser
        .driver()
        .executeCdpCommand(
            "Browser.grantPermissions",
            Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
  }

  private void awaitSelection(String start) {
    String script = "return String(getSelection())";
    browser.until(
        () -> String.valueOf(browser.run(script)).startsWith(start),
        () -> "selected: " + browser.run(script));
  }

  private String clipboard() {
    return String.valueOf(
        browser
            .driver()
            .executeAsyncScript(
                "const done = arguments[0]; navigator.clipboard.readText().then(done, e =>"
                    + " done(String(e)))"));
  }

  @Test
  void errorIsShownBesideItsField() {
    TestToken taken = tokens.create();
    browser.expectRefusal(409);
    openAs("alice", LIST);
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create service token");
    browser.click(dialog, "button", "Create token");
    browser.awaitText("Fix 4 fields to continue:");
    browser.type(browser.find(dialog, "textbox", "Name"), "Nightly Build");
    picture("create-name-wrong");
    browser.click(dialog, "button", "nightly-build");
    assertEquals("nightly-build", Browser.valueOf(browser.find(dialog, "textbox", "Name")));
    browser.awaitText("Fix 3 fields to continue:");
    browser.click(dialog, "button", "Description");
    browser.awaitFocus("Description");
    browser.type(browser.find(dialog, "textbox", "Name"), taken.token().getString("name"));
    browser.type(browser.find(dialog, "textbox", "Description"), "The second of its name");
    browser.type(browser.find(dialog, "combobox", "Owning group"), "platform");
    browser.find(By.cssSelector("dialog input[value='catalog:read']")).click();
    browser.until(() -> !browser.text().contains("to continue:"), browser::text);
    browser.click(dialog, "button", "Create token");
    browser.awaitText("The group already has a token of this name");
    WebElement name = browser.find(dialog, "textbox", "Name");
    assertEquals("true", name.getDomAttribute("aria-invalid"));
    browser.awaitFocus("Name");
    String free = taken.token().getString("name") + "-2";
    browser.click(dialog, "button", free);
    assertNull(name.getDomAttribute("aria-invalid"));
    browser.click(dialog, "button", "Create token");
    SecretDialog.afterCreation(browser).copyAndClose();
    assertTrue(browser.row(free).isDisplayed(), browser.text());
  }

  private void awaitCount(int expected, By elements) {
    browser.until(
        () -> browser.driver().findElements(elements).size() == expected,
        () -> "not " + expected + ": " + browser.text());
  }

  private List<String> chosenScopes() {
    return browser
        .driver()
        .findElements(By.cssSelector("dialog input[name=scopes]:checked"))
        .stream()
        .map(Browser::valueOf)
        .toList();
  }

  @Test
  void scopesAreChosenByPresetSearchAndAnotherToken() {
    TestToken other =
        tokens.create(TokenRequest.good().scopes("catalog:write", "scaffolder:execute"));
    openAs("alice", LIST + "?q=" + other.name());
    WebElement dialog = create.open();
    browser.click(dialog, "button", "Read only");
    List<String> all = List.of("catalog:read", "techdocs:read", "scaffolder:read");
    assertEquals(all, chosenScopes());
    browser.click(dialog, "button", "Remove catalog:read");
    assertEquals(all.subList(1, 3), chosenScopes());
    browser.awaitFocus("Remove techdocs:read");
    browser.awaitText("2 of 5 selected");
    picture("create-scopes");

    WebElement search = browser.find(dialog, "searchbox", "Search scopes");
    search.sendKeys("software temp");
    By shown = By.cssSelector("dialog .scope-list label:not([hidden])");
    awaitCount(2, shown);
    search.sendKeys("xyz", Keys.ENTER);
    browser.awaitText("No scope matches “software tempxyz”.");
    search.sendKeys(Keys.ESCAPE);
    awaitCount(5, shown);

    browser.click(dialog, "button", "Same as another token…");
    browser.find(dialog, "combobox", "Token to copy the scopes from").sendKeys(other.name());
    browser.click("option", other.name() + " catalog:write scaffolder:execute");
    browser.until(
        () -> chosenScopes().equals(List.of("catalog:write", "scaffolder:execute")),
        () -> "chosen: " + chosenScopes());
  }

  /** The server ignores case letter by letter, too. */
  @Test
  void searchOfScopesTakesAFinalSigmaForASigma() {
    withScript(
        GREEK_SCOPE,
        () -> {
          openAs("alice", LIST);
          WebElement dialog = create.open();
          browser.awaitText("of 5 selected");
          browser.find(dialog, "searchbox", "Search scopes").sendKeys("\u039a\u03a3");
          awaitCount(1, By.cssSelector("dialog .scope-list label:not([hidden])"));
        });
  }

  @Test
  void linkFillsInTheDialogAndIsForgotten() {
    String name = TokenRequest.newName();
    String text = "<img src=x onerror=alert(1)> reads";
    openAs("alice", LIST + "?q=" + name);
    browser.open(
        LIST
            + "?q="
            + name
            + "&create&name="
            + name
            + "&description="
            + java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8)
            + "&group=platform&scopes=catalog:read,evil:all&expiresInDays=7&requestsPerMinute=1x"
            + "&allowedAddresses=127.0.0.1&rawToken=x");
    WebElement dialog = browser.dialog("Create service token");
    browser.awaitText("A link filled in this form");
    browser.awaitText("Not filled in, because the value is not valid: requestsPerMinute");
    browser.awaitText("Not selected, because the catalog does not have them: evil:all");
    browser.awaitText("Platform, 1 scope, until");
    browser.find(dialog, "textbox", "Allowed addresses");
    assertEquals(text, Browser.valueOf(browser.find(dialog, "textbox", "Description")));
    check("create-link");
    browser.click(dialog, "button", "Create token");
    SecretDialog.afterCreation(browser).copyAndClose();
    browser.awaitAddress(LIST + "?q=" + name + "&rawToken=x");
    browser.row(name);
    JsonObject made =
        tokens.all("q=" + name).stream().findFirst().orElseThrow(() -> new AssertionError(name));
    assertEquals("[\"catalog:read\"]", made.getJsonArray("scopes").toString());
    assertEquals("[\"127.0.0.1\"]", made.getJsonArray("allowedAddresses").toString());
    assertEquals(text, made.getString("description"));
  }

  @Test
  void tokenIsCloned() {
    TestToken source =
        tokens.create(
            TokenRequest.good().scopes("catalog:read", "catalog:write").with("expiresInDays", "7"));
    openAs("alice", LIST + "?q=" + source.name());
    browser.row(source.name());
    browser
        .driver()
        .executeAsyncScript(
            """
            const [token, done] = arguments;
            const list = document.querySelector('script[src$="/list.js"]').src;
            import(new URL('create.js', list)).then(({ openCreate }) => {
              const from = JSON.parse(token);
              from.secretCreatedAt = from.expiresAt; // as if a rotation had kept the expiry
              openCreate({ from, onCreated() {}, focusAfter: () => null });
              done();
            });
            """,
            tokens.get(source.id()).toString());
    WebElement dialog = browser.dialog("Create service token");
    browser.awaitText("Copied from " + source.name());
    browser.awaitText(source.name() + "-2 of Platform, 2 scopes, until");
    browser.awaitText("7 days from now.");
    browser.click(dialog, "button", "Create token");
    SecretDialog.afterCreation(browser).copyAndClose();
    assertEquals(2, tokens.all("q=" + source.name()).size());
  }

  @Test
  void lifetimeBelowADayIsCloned() {
    Instant end = Instant.now().plus(Duration.ofHours(6));
    TestToken source = tokens.create(TokenRequest.good().withText("expiresAt", end.toString()));
    openAs("alice", LIST + "?q=" + source.name());
    browser.choose(source.name(), "Clone…");
    WebElement dialog = browser.dialog("Create service token");
    browser.awaitText("6 hours from now.");
    browser.awaitText(source.name() + "-2 of Platform");
    check("clone-hours");
    long before = System.nanoTime();
    browser.click(dialog, "button", "Create token");
    SecretDialog.afterCreation(browser).copyAndClose();
    long took = Duration.ofNanos(System.nanoTime() - before).toSeconds();
    long lifetime =
        tokens.all("q=" + source.name() + "-2").stream()
            .findFirst()
            .orElseThrow()
            .getInt("lifetimeSeconds");
    // The page computes the expiry before it sends the request.
    long lost = source.token().getInt("lifetimeSeconds") - lifetime;
    assertTrue(lost >= 0 && lost <= took + 2, lost + " seconds less, after " + took);
  }

  @Test
  void secretIsSelectedIfCopyingIsDeniedAndCanBeDownloaded(@TempDir Path downloads)
      throws Exception {
    openAs("alice", LIST);
    String name = TokenRequest.newName();
    create(name);
    SecretDialog once = SecretDialog.afterCreation(browser);
    browser.run(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('denied'));"
            + "document.execCommand = () => false;");
    browser.click(once.element(), "button", "Copy");
    browser.awaitText("Your browser did not allow copying. The text is selected");
    picture("once-copy-denied");
    assertEquals(
        once.secret(),
        browser.run(
            "const it = document.activeElement;"
                + "return it.value.slice(it.selectionStart, it.selectionEnd)"));
    browser.click(once.element(), "button", "Copy the command: curl");
    awaitSelection("bash -c '");

    browser
        .driver()
        .executeCdpCommand(
            "Browser.setDownloadBehavior",
            Map.of("behavior", "allow", "downloadPath", downloads.toString()));
    browser.click(once.element(), "button", "Download as a file");
    Path file = downloads.resolve(name + ".token");
    browser.until(() -> Files.exists(file), () -> "no file");
    assertEquals(once.secret(), Files.readString(file));
    once.close();
    once.assertForgotten();
    browser.choose(name, "Copy name");
    browser.awaitText("Name: " + name);
    assertEquals(name, browser.run("return String(getSelection())"), "selected");
  }

  @Test
  void severalTokensAreRevokedAtOnce() {
    List<TestToken> made = List.of(tokens.create(), tokens.create(), tokens.create());
    openAs("alice", LIST);
    for (TestToken one : made) {
      String name = one.token().getString("name");
      browser.click(() -> browser.row(name), "checkbox", "Select " + name);
    }
    browser.click("button", "Revoke 3 tokens");
    WebElement dialog = browser.dialog("Revoke 3 tokens");
    browser.type(browser.find(dialog, "textbox", "Reason"), "Moved to another service");
    browser.click(dialog, "button", "Revoke 3 tokens");
    browser.awaitNoDialog();
    for (TestToken one : made) {
      api.bearer(one.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
      assertEquals("revoked", tokens.get(one.id()).getString("status"));
    }
  }
}
