package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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

  @Test
  void tokenIsCreatedUsedAndRevoked() {
    String name = TokenRequest.newName();
    openAs("alice", LIST);
    create(name);
    WebElement once = browser.dialog("Token created");
    String rawToken = Browser.valueOf(browser.find(once, "textbox", "Raw token"));
    browser.screenshot("once");
    allowClipboard();
    browser.click(once, "button", "Copy");
    browser.awaitText("Copied.");
    assertEquals(rawToken, clipboard());
    browser.click(once, "button", "Done");
    browser.awaitNoDialog();
    nothingIsLeftOf(rawToken);

    assertEquals(
        "service-token:group:default/platform:" + name,
        api.bearer(rawToken).get(ServiceTokens.WHOAMI).ok().getString("subject"));

    browser.click(browser.row(name), "button", "Audit");
    browser.find("heading", name);
    browser.awaitText("Audit trail");
    browser.awaitText("Created");
    browser.screenshot("token");
    browser.driver().navigate().back();

    browser.click(browser.row(name), "button", "Revoke");
    WebElement revoke = browser.dialog("Revoke token");
    browser.screenshot("revoke");
    browser.click(revoke, "button", "Revoke");
    browser.awaitText("Say why");
    browser.type(browser.find(revoke, "textbox", "Reason"), "The tour is over");
    browser.click(revoke, "button", "Revoke");
    browser.awaitNoDialog();
    browser.until(
        () -> browser.row(name).getText().contains("Revoked"), () -> "the row says otherwise");
    api.bearer(rawToken).get(ServiceTokens.WHOAMI).problem(401);

    browser.click(browser.row(name), "button", "Audit");
    browser.awaitText("The tour is over");
  }

  private void create(String name) {
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create service token");
    browser.type(browser.find(dialog, "textbox", "Name"), name);
    browser.type(browser.find(dialog, "textbox", "Description"), "Shows what a token's life is");
    browser.type(browser.find(dialog, "combobox", "Owning group"), "platform");
    dialog.findElement(By.cssSelector("[value='catalog:read']"));
    browser.find(By.cssSelector("dialog input[value='catalog:read']")).click();
    browser.screenshot("create");
    browser.click(dialog, "button", "Create token");
  }

  @Test
  void rawTokenIsNotLostAndNotStored() {
    openAs("alice", LIST);
    create(TokenRequest.newName());
    WebElement once = browser.dialog("Token created");
    String rawToken = Browser.valueOf(browser.find(once, "textbox", "Raw token"));

    browser.press(Keys.ESCAPE);
    browser.find(once, "alertdialog", "Close this?");
    browser.screenshot("once-asks");
    browser.press(Keys.ESCAPE);
    browser.press(Keys.ESCAPE);
    browser.click(once, "button", "Keep open");
    assertEquals(rawToken, Browser.valueOf(browser.find(once, "textbox", "Raw token")));

    new Actions(browser.driver()).moveByOffset(5, 5).click().perform();
    browser.click(once, "button", "Keep open");
    assertEquals(rawToken, Browser.valueOf(browser.find(once, "textbox", "Raw token")));

    // The browser dispatches this event before it leaves the page. WebDriver would answer the
    // question itself.
    assertEquals(false, browser.run(BEFORE_LEAVING));
    browser.click(once, "button", "Keep open");

    browser.press(Keys.ESCAPE);
    browser.click(once, "button", "Close");
    browser.awaitNoDialog();
    nothingIsLeftOf(rawToken);
    assertEquals(true, browser.run(BEFORE_LEAVING), "asks, though there is nothing to lose");
  }

  private void nothingIsLeftOf(String rawToken) {
    Object page =
        browser.run(
            """
            return [document.documentElement.outerHTML,
              ...[...document.querySelectorAll('input, textarea')].map(it => it.value),
              location.href, document.cookie, JSON.stringify(history.state), window.name,
              JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join('\\n');
            """);
    assertFalse(String.valueOf(page).contains(rawToken.substring(12)), "the page keeps the secret");
  }

  private void allowClipboard() {
    browser
        .driver()
        .executeCdpCommand(
            "Browser.grantPermissions",
            Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
  }

  private String clipboard() {
    return String.valueOf(
        browser
            .driver()
            .executeAsyncScript(
                "const done = arguments[0]; navigator.clipboard.readText().then(done, e => done(String(e)))"));
  }

  @Test
  void errorIsShownBesideItsField() {
    TestToken taken = tokens.create();
    browser.expectRefusal(409);
    openAs("alice", LIST);
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create service token");
    browser.click(dialog, "button", "Create token");
    browser.awaitText("4 fields need a look");
    browser.type(browser.find(dialog, "textbox", "Name"), "Nightly Build");
    browser.awaitText("Try “nightly-build”");
    browser.screenshot("create-wrong");
    browser.type(browser.find(dialog, "textbox", "Name"), taken.token().getString("name"));
    browser.type(browser.find(dialog, "textbox", "Description"), "The second of its name");
    browser.type(browser.find(dialog, "combobox", "Owning group"), "platform");
    browser.find(By.cssSelector("dialog input[value='catalog:read']")).click();
    browser.click(dialog, "button", "Create token");
    browser.awaitText("The group has a token of this name already");
    WebElement name = browser.find(dialog, "textbox", "Name");
    assertEquals("true", name.getDomAttribute("aria-invalid"));
    assertEquals(browser.driver().switchTo().activeElement(), name);
    String free = TokenRequest.newName();
    browser.type(name, free);
    assertNull(name.getDomAttribute("aria-invalid"));
    browser.click(dialog, "button", "Create token");
    WebElement once = browser.dialog("Token created");
    browser.click(once, "button", "Copy");
    browser.awaitText("Copied.");
    browser.click(once, "button", "Done");
    browser.awaitNoDialog();
    assertTrue(browser.row(free).isDisplayed(), browser.text());
  }

  @Test
  void severalTokensAreRevokedAtOnce() {
    List<TestToken> made = List.of(tokens.create(), tokens.create(), tokens.create());
    openAs("alice", LIST);
    for (TestToken one : made) {
      String name = one.token().getString("name");
      browser.find(browser.row(name), "checkbox", "Select " + name).click();
    }
    browser.screenshot("selected");
    browser.click("button", "Revoke 3 tokens");
    WebElement dialog = browser.dialog("Revoke 3 tokens");
    browser.type(browser.find(dialog, "textbox", "Reason"), "Moved to another service");
    browser.screenshot("revoke-many");
    browser.click(dialog, "button", "Revoke 3 tokens");
    browser.awaitNoDialog();
    for (TestToken one : made) {
      api.bearer(one.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
      assertEquals("revoked", tokens.get(one.id()).getString("status"));
    }
  }
}
