package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.MintFlowClient;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.ShortLivedTokens;
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
    browser.click(By.cssSelector("main .btn-primary:not([hidden])"));
    WebElement dialog = browser.dialog("Create personal token");
    browser.type(browser.find(dialog, "textbox", "Name"), "Jürgen" + Keys.TAB);
    browser.awaitText("Use only letters A to Z");
    browser.type(browser.find(dialog, "textbox", "Name"), name);
    browser.find(By.cssSelector("dialog input[value='access-tokens:user:read']")).click();
    checkOf(person, "personal-create");
    browser.click(dialog, "button", "Create token");
    SecretDialog once = shownOnce();
    checkOf(person, "personal-once");
    String dialogText = String.valueOf(once.element().getDomProperty("textContent"));
    assertTrue(dialogText.contains("/api/access-tokens/whoami"), dialogText);
    assertTrue(dialogText.contains("grant_type=refresh_token"), dialogText);
    once.copyAndClose();
    assertNothingIsLeft(once);
    isUsedAndRevoked(person, name, once.secret());
  }

  /** Waits until the browser has been redirected to an address that starts with this text. */
  private void awaitPage(String start) {
    browser.until(
        () -> browser.address().startsWith(start),
        () -> "at " + browser.address() + ", not " + start);
  }

  private SecretDialog shownOnce() {
    SecretDialog once = SecretDialog.afterCreation(browser);
    assertTrue(RAW.matcher(once.secret()).matches(), "no raw token");
    String url = String.valueOf(browser.driver().getCurrentUrl());
    assertFalse(url.contains("#"), url);
    return once;
  }

  private void isUsedAndRevoked(String person, String name, String rawToken) {
    assertEquals(
        "user:default/" + person,
        api.bearer(rawToken).get(ServiceTokens.WHOAMI).ok().getString("subject"));
    String jwt = ShortLivedTokens.exchange(api, rawToken);
    assertEquals("user:default/" + person, ShortLivedTokens.claims(jwt).getString("sub"));
    PersonalTokens own = new PersonalTokens(api.as(person));
    browser.until(
        () ->
            ServiceTokens.objects(own.list("limit=500"), "tokens").stream()
                .anyMatch(it -> it.getString("name").equals(name) && !it.isNull("lastUsedAt")),
        () -> "the use is not shown");
    browser.click(() -> browser.rowWith(name), "link", name);
    browser.find("heading", name);
    browser.awaitText("from 127.0.0.1");
    browser.awaitText("Created");
    browser.awaitText("Exchanged");
    browser.find("button", "Copy ID");
    browser.find("button", "Copy Prefix");
    check("personal-token");
    browser.open(PAGE);
    browser.click(() -> browser.rowWith(name), "button", "Revoke");
    WebElement revoke = browser.find(By.cssSelector("dialog[open]"));
    browser.awaitText("It was used in the last 24 hours");
    browser.awaitText("Takes effect at once on every replica. Cannot be undone.");
    checkOf(person, "personal-revoke");
    browser.click(revoke, "button", "Revoke");
    browser.awaitNoDialog();
    browser.until(
        () -> browser.rowWith(name).getText().contains("Revoked"), () -> "the row says otherwise");
    api.bearer(rawToken).get(ServiceTokens.WHOAMI).problem(401);
    api.bearer(jwt).get(ServiceTokens.WHOAMI).problem(401);
    ShortLivedTokens.tryExchange(api, rawToken).expect(400);
    pictureOf(person, "personal-list");
    browser.click(() -> browser.rowWith(name), "link", name);
    browser.find("heading", name);
    browser.awaitText("Revoked on");
    checkOf(person, "personal-token-revoked");
    browser.open(PAGE);
  }

  /** Saves pictures for one of the users only, because they look the same. */
  private void pictureOf(String person, String state) {
    if (person.equals("alice")) {
      picture(state);
    }
  }

  /** Checks a state for one of the users only. */
  private void checkOf(String person, String state) {
    if (person.equals("alice")) {
      check(state);
    }
  }

  /** Asserts that neither the page nor the history of the browser contains the secret. */
  private void assertNothingIsLeft(SecretDialog once) {
    once.assertForgotten();
    String secret = once.secret();
    assertFalse(browser.state().contains("personal-access-tokens-mint"), "a fragment is left");
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

  @ParameterizedTest
  @ValueSource(strings = {"alice", "dave"})
  void consentIsAllowed(String person) {
    String name = TokenRequest.newName();
    openAs(person, PAGE);
    ConsentPage.open(browser, name, "access-tokens:user:read", "catalog:read");
    browser.find("heading", "Allow a personal token?");
    browser.awaitText(name);
    browser.awaitText("user:default/" + person);
    browser.awaitText("catalog:read");
    browser.awaitText("A page at the address of this service");
    browser.click("button", "Allow");
    browser.awaitAddress(PAGE);
    SecretDialog once = shownOnce();
    assertEquals(PAGE, browser.address());
    once.copyAndClose();
    assertNothingIsLeft(once);
    isUsedAndRevoked(person, name, once.secret());
    // Neither a reload nor going back shows the token again.
    browser.driver().navigate().refresh();
    browser.find("heading", "Personal tokens");
    browser.rowWith(name);
    assertEquals(0, browser.driver().findElements(By.cssSelector("dialog")).size());
    assertNothingIsLeft(once);
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "dave"})
  void consentIsDenied(String person) {
    String name = TokenRequest.newName();
    openAs(person, PAGE);
    ConsentPage.open(browser, name);
    browser.find("heading", "Allow a personal token?");
    browser.awaitText("Create, change or revoke anything");
    browser.click("button", "Deny");
    browser.awaitAddress(PAGE);
    browser.awaitText("You denied the request.");
    assertEquals(PAGE, browser.address());
    assertFalse(
        new PersonalTokens(api.as(person)).list("limit=500").toString().contains(name),
        "it was made");
  }

  @Test
  void requestIsOverAfterANewSignIn() {
    openAs("dave", PAGE);
    String authorizeUrl = ConsentPage.open(browser, TokenRequest.newName());
    browser.find("heading", "Allow a personal token?");
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.driver().get(authorizeUrl);
    awaitPage("/sign-in?");
    browser.find("heading", "Sign in to access-tokens");
    browser.awaitText("After signing in you can allow or deny a personal token.");
    browser.expectRefusal(404);
    browser.signIn("alice", "alice");
    awaitPage(MintFlowClient.CONSENT_PAGE + "?flow=");
    browser.find("heading", "This request is over");
    assertFalse(browser.has("button", "Allow"), "the page still has the button Allow");
  }

  @Test
  void takenNameIsReportedOnThePage() {
    String name = TokenRequest.newName();
    openAs("dave", PAGE);
    ConsentPage.open(browser, name);
    browser.find("heading", "Allow a personal token?");
    new PersonalTokens(api.as("dave")).createNamed(name);
    browser.expectRefusal(409);
    browser.click("button", "Allow");
    browser.awaitAddress(PAGE);
    browser.find("heading", "Personal tokens");
    browser.awaitText("No token was created");
    picture("consent-name-taken");
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
    picture("consent-wrong");
  }

  @Test
  void pageThatArrivesLateIsNotShown() {
    String name = new PersonalTokens(api.as("dave")).create().name();
    openAs("dave", PAGE);
    SlowSecondPage.assertIsNotShown(browser, "/personal?", name);
  }

  @Test
  void consentWorksByKeyboard() {
    String name = TokenRequest.newName();
    openAs("dave", PAGE);
    ConsentPage.open(browser, name, "access-tokens:user:read");
    browser.find("heading", "Allow a personal token?");
    // A key press meant for the previous page has no effect.
    browser.press(Keys.ENTER);
    browser.press(Keys.SPACE);
    assertTrue(browser.has("button", "Allow"), "the page has no button Allow");
    browser.tabTo("button", "Allow").sendKeys(Keys.ENTER);
    browser.awaitAddress(PAGE);
    SecretDialog once = shownOnce();
    browser.tabTo("button", "Copy").sendKeys(Keys.ENTER);
    browser.awaitText("Copied.");
    browser.tabTo("button", "Done").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    assertNothingIsLeft(once);
  }
}
