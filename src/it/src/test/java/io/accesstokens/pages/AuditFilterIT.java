package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Tests that filters show the active values in the table, in the address and in exports. */
class AuditFilterIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final String AUDIT = LIST + "/audit";

  private final String word = "argo" + Long.toString(System.nanoTime(), 36);
  private final TestToken first = tokens.create(TokenRequest.good().named(word + "-one"));
  private final TestToken second = tokens.create(TokenRequest.good().named(word + "-two"));

  private String export() {
    return String.valueOf(browser.find("link", "Export CSV").getDomProperty("href"));
  }

  private void awaitField(WebElement field, String value) {
    browser.until(
        () -> Browser.valueOf(field).equals(value), () -> "shown: " + Browser.valueOf(field));
  }

  private WebElement typed(String text) {
    WebElement field = browser.find("combobox", "Token");
    field.sendKeys(text);
    browser.find(By.cssSelector("[role=option]"));
    return field;
  }

  @Test
  void textWithoutAChosenTokenIsCleared() {
    openAs("alice", AUDIT);
    browser.find(By.cssSelector("tbody tr"));
    WebElement field = typed(word);
    browser.press(Keys.ESCAPE);
    awaitField(field, "");
    assertEquals(AUDIT, browser.address());

    typed(word);
    browser.press(Keys.TAB);
    awaitField(field, "");
    browser.until(
        () ->
            String.valueOf(browser.run("return document.getElementById('announcer').textContent"))
                .contains("There is nothing named “" + word + "” to filter by."),
        () -> "not announced");

    browser.type(field, "no-such-token");
    browser.press(Keys.ENTER);
    awaitField(field, "");
    assertTrue(!export().contains("tokenId"), export());
  }

  @Test
  void chosenTokenIsRestoredAfterAnotherText() {
    openAs("alice", AUDIT);
    WebElement field = typed(first.name());
    browser.find(By.cssSelector("[role=option]")).click();
    browser.awaitAddress(AUDIT + "?token=" + first.id());
    assertTrue(export().contains("tokenId=" + first.id()), export());
    field.sendKeys(Keys.BACK_SPACE, Keys.BACK_SPACE);
    browser.press(Keys.ESCAPE);
    awaitField(field, first.name());
    assertEquals(AUDIT + "?token=" + first.id(), browser.address());

    // A name that is typed in full counts as chosen, even if the field is left at once.
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), second.name(), Keys.TAB);
    browser.awaitAddress(AUDIT + "?token=" + second.id());
    awaitField(field, second.name());
    browser.screenshot("audit-token");

    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.BACK_SPACE);
    browser.awaitAddress(AUDIT);
  }

  @Test
  void exportUsesTheNewFilterAtOnce() {
    openAs("alice", AUDIT);
    browser.find(By.cssSelector("tbody tr"));
    application.pause(); // the table of the new filter does not arrive
    try {
      browser.find("searchbox", "By").sendKeys("alice", Keys.TAB);
      browser.awaitAddress(AUDIT + "?actor=alice");
      assertTrue(export().contains("actor=alice"), export());
    } finally {
      application.resume();
    }
  }

  @Test
  void valuesThatCannotBeShownAreIgnored() {
    openAs("alice", AUDIT);
    browser.open(AUDIT + "?from=yesterday&event=created");
    browser.awaitAddress(AUDIT + "?event=created");
    browser.find(By.cssSelector("tbody tr"));

    WebElement from = browser.find(By.cssSelector("input[name=from]"));
    from.sendKeys("01");
    browser.run("arguments[0].blur()", from);
    assertEquals(false, browser.run("return arguments[0].validity.badInput", from));

    browser.open(LIST + "?used=sometimes&status=active");
    browser.awaitAddress(LIST + "?status=active");
    browser.row(first.name());
  }
}
