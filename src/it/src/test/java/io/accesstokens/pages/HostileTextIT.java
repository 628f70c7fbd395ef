package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests that text with markup or scripts is shown as text on every page. */
class HostileTextIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final int MAX_LENGTH = 500;
  private static final String HOSTILE =
      "=1+1 <img src=x onerror=alert(1)><b onclick=\"alert('1')\">bold</b> & &amp; “quoted” 'single'"
          + " \u202e\u0645\u0641\u062a\u0627\u062d \ud83d\udd11 </script><script>alert(2)</script> ${7*7} {{7*7}} %3Cb%3E ";
  private static final String LONG =
      HOSTILE + "x".repeat(MAX_LENGTH - HOSTILE.codePointCount(0, HOSTILE.length()));

  @Test
  void hostileTextIsShownAsText() {
    String name = "a".repeat(80) + TokenRequest.newName();
    TestToken made = tokens.create(TokenRequest.good().named(name).withText("description", LONG));
    openAs("alice", LIST);
    WebElement row = browser.row(name);
    assertEquals(
        LONG, row.findElement(By.cssSelector("th .sub [dir]")).getDomProperty("textContent"));
    browser.screenshot("hostile-list");
    browser.look(360, false);
    browser.assertFits("list");
    browser.screenshot("hostile-list-narrow");
    browser.lookAsEver();

    browser.click(() -> browser.row(name), "button", "Revoke");
    WebElement dialog = browser.dialog("Revoke token");
    browser.run(
        "arguments[0].value = arguments[1]", browser.find(dialog, "textbox", "Reason"), LONG);
    browser.click(dialog, "button", "Revoke");
    browser.awaitNoDialog();

    browser.open(LIST + '/' + made.id());
    browser.find("heading", name);
    browser.until(
        () ->
            browser.driver().findElements(By.cssSelector("#audit .c-detail > *")).stream()
                .anyMatch(cell -> LONG.strip().equals(cell.getDomProperty("textContent"))),
        () -> "the reason is not shown as it is");
    assertEquals(LONG, browser.find(By.cssSelector("p[dir=auto]")).getDomProperty("textContent"));
    browser.look(360, true);
    browser.assertFits("token");
    browser.screenshot("hostile-token-narrow");
    assertEquals(
        List.of(),
        browser.driver().findElements(By.cssSelector("img:not(.brand > img), main script")));
  }

  @Test
  void hostileTextIsSearchedAsText() {
    openAs("alice", LIST);
    browser.type("searchbox", "Search", "\"><b>x</b>");
    browser.find("heading", "No token matches “\"><b>x</b>”");
    browser.open(browser.address());
    browser.find("heading", "No token matches “\"><b>x</b>”");
    assertEquals(List.of(), browser.driver().findElements(By.cssSelector("main b")));
  }
}
