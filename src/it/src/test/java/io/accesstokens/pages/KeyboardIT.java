package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.client.TokenRequest;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Tests the pages by keyboard only. */
class KeyboardIT extends BrowserTest {

  @Test
  void tokenIsCreatedAndRevokedByKeyboard() {
    String name = TokenRequest.newName();
    openAs("alice", "/admin/access-tokens");
    browser.tabTo("button", "Create token").sendKeys(Keys.ENTER);
    browser.dialog("Create service token");
    browser.press(name);
    browser.tabTo("combobox", "Owning group").sendKeys("plat");
    browser.find("option", "Platform group:default/platform");
    browser.press(Keys.ENTER);
    browser.tabTo("textbox", "Description").sendKeys("TestToken without a mouse");
    browser.press(Keys.TAB);
    browser.press(Keys.SPACE);
    browser.tabTo("button", "7 days").sendKeys(Keys.SPACE);
    browser.tabTo("button", "Create token").sendKeys(Keys.ENTER);

    browser.dialog("Token created");
    browser.tabTo("button", "Copy").sendKeys(Keys.ENTER);
    browser.awaitText("Copied.");
    browser.tabTo("button", "Done").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.until(
        () -> focusedName().equals("Create token"), () -> "the focus is at " + focusedName());

    browser.row(name);
    browser.tabTo("checkbox", "Select " + name);
    browser.tabTo("button", "Revoke").sendKeys(Keys.ENTER);
    browser.dialog("Revoke token");
    browser.press("Not needed any more");
    browser.tabTo("button", "Revoke").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.until(() -> focusedName().equals("Audit"), () -> "the focus is at " + focusedName());
    assertEquals(
        "revoked",
        tokens.all("status=revoked").stream()
            .filter(token -> token.getString("name").equals(name))
            .findFirst()
            .orElseThrow()
            .getString("status"));
  }

  private String focusedName() {
    return Browser.nameOf(browser.driver().switchTo().activeElement());
  }

  @Test
  void escapeClosesADialogAndRestoresTheFocus() {
    openAs("alice", "/admin/access-tokens");
    browser.tabTo("button", "Create token").sendKeys(Keys.ENTER);
    browser.dialog("Create service token");
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
    assertEquals("Create token", focusedName());
    browser.press(Keys.ENTER);
    browser.dialog("Create service token");
    browser.press("typed");
    browser.press(Keys.ESCAPE);
    WebElement dialog = browser.dialog("Create service token");
    browser.find(dialog, "alertdialog", "Discard your input?");
    assertEquals("Keep editing", focusedName());
    browser.press(Keys.ENTER);
    assertEquals("Name", focusedName());
    browser.press(Keys.ESCAPE);
    browser.tabTo("button", "Discard").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    assertEquals("Create token", focusedName());
  }
}
