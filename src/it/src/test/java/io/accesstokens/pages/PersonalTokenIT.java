package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.MintFlowClient;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.ShortLived;
import io.accesstokens.testing.client.TokenRequest;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * Tests personal tokens in the pages: created directly and with consent, used, revoked, rejected.
 */
class PersonalTokenIT extends BrowserTest {

  private static final String PAGE = MintFlowClient.TOKENS_PAGE;
  private static final Pattern RAW = Pattern.compile("bpat_[0-9A-Za-z]{43}");

  @ParameterizedTest
  @ValueSource(strings = {"alice", "dave"})
  void tokenIsCreatedUsedAndRevoked(String person) {
    String name = TokenRequest.newName();
    openAs(person, PAGE);
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create personal token");
    browser.type(browser.find(dialog, "textbox", "Name"), name);
    browser.find(By.cssSelector("dialog input[value='access-tokens:user:read']")).click();
    browser.screenshot("personal-create");
    browser.click(dialog, "button", "Create token");
    String rawToken = shownOnce();
    browser.screenshot("personal-once");
    String dialogText = browser.dialog("Token created").getText();
    assertTrue(dialogText.contains("/api/access-tokens/whoami"), dialogText);
    assertTrue(dialogText.contains("grant_type=refresh_token"), dialogText);
    closeOnce(rawToken);
    isUsedAndRevoked(person, name, rawToken);
  }

  /** Waits until the browser has been redirected to an address that starts with this text. */
  private void awaitPage(String start) {
    browser.until(
        () -> browser.address().startsWith(start),
        () -> "at " + browser.address() + ", not " + start);
  }

  private String shownOnce() {
    WebElement once = browser.dialog("Token created");
    String rawToken = Browser.valueOf(browser.find(once, "textbox", "Raw token"));
    assertTrue(RAW.matcher(rawToken).matches(), "no raw token");
    String url = String.valueOf(browser.driver().getCurrentUrl());
    assertFalse(url.contains("#"), url);
    return rawToken;
  }

  private void closeOnce(String rawToken) {
    WebElement once = browser.dialog("Token created");
    browser.click(once, "button", "Copy");
    browser.awaitText("Copied.");
    browser.click(once, "button", "Done");
    browser.awaitNoDialog();
    nothingIsLeftOf(rawToken);
  }

  private void isUsedAndRevoked(String person, String name, String rawToken) {
    assertEquals(
        "user:default/" + person,
        api.bearer(rawToken).get(ServiceTokens.WHOAMI).ok().getString("subject"));
    String jwt = ShortLived.exchange(api, rawToken);
    assertEquals("user:default/" + person, ShortLived.claims(jwt).getString("sub"));
    WebElement row = rowOf(name);
    browser.click(row, "button", "Audit");
    WebElement audit = browser.dialog("Audit trail of " + name);
    browser.awaitText("Minted");
    browser.awaitText("Exchanged");
    browser.click(audit, "button", "Done");
    browser.awaitNoDialog();
    browser.click(rowOf(name), "button", "Revoke");
    WebElement revoke = browser.find(By.cssSelector("dialog[open]"));
    browser.screenshot("personal-revoke");
    browser.click(revoke, "button", "Revoke");
    browser.awaitNoDialog();
    browser.until(() -> rowOf(name).getText().contains("Revoked"), () -> "the row says otherwise");
    api.bearer(rawToken).get(ServiceTokens.WHOAMI).problem(401);
    api.bearer(jwt).get(ServiceTokens.WHOAMI).problem(401);
    ShortLived.tryExchange(api, rawToken).expect(400);
    browser.screenshot("personal-list");
  }

  private WebElement rowOf(String name) {
    return browser.await(
        () ->
            browser.driver().findElements(By.cssSelector("tbody tr")).stream()
                .filter(row -> row.getText().contains(name))
                .findFirst()
                .orElse(null),
        () -> "no row of " + name);
  }

  /** Asserts that no storage of the page or of the browser contains the secret. */
  private void nothingIsLeftOf(String secret) {
    Object page =
        browser.run(
            """
            return [document.documentElement.outerHTML,
              ...[...document.querySelectorAll('input, textarea')].map(it => it.value),
              location.href, document.referrer, document.cookie, JSON.stringify(history.state),
              window.name, JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join('\\n');
            """);
    assertFalse(String.valueOf(page).contains(secret.substring(12)), "a secret is left");
    assertFalse(String.valueOf(page).contains("personal-access-tokens-mint"), "a fragment is left");
    // The document's timing entry keeps the address it was loaded from; the code in it is already
    // used.
    Object timing = browser.run("return performance.getEntries().map(it => it.name).join()");
    assertFalse(String.valueOf(timing).contains(secret.substring(12)), "it was in an address");
    Object history =
        browser.driver().executeCdpCommand("Page.getNavigationHistory", Map.of()).get("entries");
    assertFalse(String.valueOf(history).contains(secret.substring(12)), "it is in the history");
    List<?> entries = assertInstanceOf(List.class, history);
    for (Object entry : entries) {
      String url = String.valueOf(assertInstanceOf(Map.class, entry).get("url"));
      assertFalse(url.contains("personal-access-tokens-mint"), "in the history: " + url);
    }
  }

  /** Starts a flow as a front end on this origin does, and opens the consent page. */
  private String request(String name, String scopes) {
    Object url =
        browser
            .driver()
            .executeAsyncScript(
                """
                const [name, scopes, done] = arguments;
                fetch('/api/access-tokens/personal/mint', {
                  method: 'POST',
                  headers: {'Content-Type': 'application/json', 'X-Requested-With': 'fetch'},
                  body: JSON.stringify({name, scopes: JSON.parse(scopes)}),
                }).then(it => it.json()).then(it => done(it.authorizeUrl), e => done(String(e)));
                """,
                name,
                scopes);
    String authorizeUrl = String.valueOf(url);
    browser.driver().get(authorizeUrl);
    return authorizeUrl;
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "dave"})
  void consentIsAllowed(String person) {
    String name = TokenRequest.newName();
    openAs(person, PAGE);
    request(name, "[\"access-tokens:user:read\", \"catalog:read\"]");
    browser.find("heading", "Allow a personal token?");
    browser.awaitText(name);
    browser.awaitText("user:default/" + person);
    browser.awaitText("catalog:read");
    browser.screenshot("consent-" + person);
    browser.click("button", "Allow");
    browser.awaitAddress(PAGE);
    String rawToken = shownOnce();
    browser.screenshot("consent-allowed");
    assertEquals(PAGE, browser.address());
    closeOnce(rawToken);
    isUsedAndRevoked(person, name, rawToken);
    // Neither a reload nor going back shows the token again.
    browser.driver().navigate().refresh();
    browser.find("heading", "Personal tokens");
    rowOf(name);
    assertEquals(0, browser.driver().findElements(By.cssSelector("dialog")).size());
    nothingIsLeftOf(rawToken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "dave"})
  void consentIsDenied(String person) {
    String name = TokenRequest.newName();
    openAs(person, PAGE);
    request(name, "[]");
    browser.find("heading", "Allow a personal token?");
    browser.awaitText("Read what you may read, and change nothing");
    browser.click("button", "Deny");
    browser.awaitAddress(PAGE);
    browser.awaitText("You have not allowed it.");
    browser.screenshot("consent-denied");
    assertEquals(PAGE, browser.address());
    assertFalse(
        new PersonalTokens(api.as(person)).list("limit=500").toString().contains(name),
        "it was made");
  }

  @Test
  void requestIsOverAfterANewSignIn() {
    openAs("dave", PAGE);
    String authorizeUrl = request(TokenRequest.newName(), "[]");
    browser.find("heading", "Allow a personal token?");
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.driver().get(authorizeUrl);
    awaitPage("/sign-in?");
    browser.find("heading", "Sign in");
    browser.awaitText("a request for a personal token");
    browser.expectRefusal(404);
    browser.signIn("alice", "alice");
    awaitPage(MintFlowClient.CONSENT_PAGE + "?flow=");
    browser.find("heading", "This request is over");
    browser.screenshot("consent-over");
    assertFalse(browser.has("button", "Allow"), "the page still has the button Allow");
  }

  @Test
  void takenNameIsReportedOnThePage() {
    String name = TokenRequest.newName();
    openAs("dave", PAGE);
    request(name, "[]");
    browser.find("heading", "Allow a personal token?");
    new PersonalTokens(api.as("dave")).createNamed(name);
    browser.expectRefusal(409);
    browser.click("button", "Allow");
    browser.awaitAddress(PAGE);
    browser.find("heading", "Personal tokens");
    browser.awaitText("No token was created");
    browser.screenshot("consent-name-taken");
  }

  @Test
  void foreignTextInTheAddressIsNotShown() {
    openAs("dave", PAGE);
    browser.open(PAGE + "?x#personal-access-tokens-mint-error=eyJlcnJvciI6IjxpbWcgc3JjPXg-In0");
    browser.awaitText("The request was malformed. Begin again.");
    assertEquals(PAGE + "?x", browser.address());
    browser.open("/settings/personal-tokens/consent?flow=%2e%2e%2f%2e%2e%2fx");
    browser.find("heading", "This request is invalid");
    browser.expectRefusal(404);
    browser.open("/settings/personal-tokens/consent?flow=00000000-0000-4000-8000-000000000000");
    browser.find("heading", "This request is over");
    browser.open("/settings/personal-tokens/consent?error=%3Cimg%20src=x%3E");
    browser.find("heading", "This request is invalid");
    browser.screenshot("consent-wrong");
  }

  @Test
  void consentWorksByKeyboard() {
    String name = TokenRequest.newName();
    openAs("dave", PAGE);
    request(name, "[\"access-tokens:user:read\"]");
    browser.find("heading", "Allow a personal token?");
    // A key press meant for the previous page has no effect.
    browser.press(Keys.ENTER);
    browser.press(Keys.SPACE);
    assertTrue(browser.has("button", "Allow"), "the page has no button Allow");
    browser.tabTo("button", "Allow").sendKeys(Keys.ENTER);
    browser.awaitAddress(PAGE);
    String rawToken = shownOnce();
    browser.tabTo("button", "Copy").sendKeys(Keys.ENTER);
    browser.awaitText("Copied.");
    browser.tabTo("button", "Done").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    nothingIsLeftOf(rawToken);
  }
}
