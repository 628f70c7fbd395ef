package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ServiceTokens;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests the page that lists the user's sessions. */
class OwnSessionsIT extends BrowserTest {

  private static final String PAGE = "/admin/access-tokens/sessions";
  private static final String FIREFOX =
      "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

  @BeforeEach
  void endAll() {
    api.as("dave").delete(BrowserSession.PATH + "?everywhere=true", "").expect(204);
  }

  private BrowserSession elsewhere(String userAgent) {
    return BrowserSession.of(
            api.call("POST", BrowserSession.PATH)
                .header("User-Agent", userAgent)
                .json(BrowserSession.credentials("dave", "dave"))
                .send())
        .on(api);
  }

  private List<WebElement> rows() {
    return browser.driver().findElements(By.cssSelector(".rows > li[data-id]"));
  }

  private void awaitRows(int count) {
    browser.until(() -> rows().size() == count, () -> rows().size() + " rows, not " + count);
  }

  @Test
  void otherSessionIsSignedOut() {
    BrowserSession firefox = elsewhere(FIREFOX);
    BrowserSession curl = elsewhere("curl/8.14.1");
    // A user without any permission also has sessions.
    openAs("dave", "/settings/personal-tokens");
    browser.find(By.cssSelector("summary")).click();
    browser.click("link", "Where you are signed in");
    browser.awaitAddress(PAGE);
    browser.find("heading", "Where you are signed in");
    awaitRows(3);
    browser.awaitText("3 sessions");
    WebElement own = browser.find(By.cssSelector(".rows > li:has(.status)"));
    assertTrue(own.getText().startsWith("Chrome on Linux"), own::getText);
    assertTrue(own.getText().contains("127.0.0.1"), own::getText);
    assertTrue(own.findElements(By.tagName("button")).isEmpty(), "it can be ended here");
    check("sessions-others");

    browser.click("button", "Sign out Firefox on Linux");
    awaitRows(2);
    browser.find("heading", "Where you are signed in");
    firefox.get(ServiceTokens.WHOAMI).problem(401);
    curl.get(ServiceTokens.WHOAMI).ok();
    assertEquals(
        "Where you are signed in", Browser.nameOf(browser.driver().switchTo().activeElement()));
    String left = browser.find(By.cssSelector(".rows")).getText();
    assertFalse(left.contains("Firefox"), left);

    // The message stays until it is closed, and can be read again.
    browser.find("region", "Messages");
    browser.click("button", "Close message: Signed out of Firefox on Linux");
    browser.until(() -> !browser.has("region", "Messages"), () -> "the message is still there");
    browser.open("/settings/personal-tokens");
    browser.find(By.cssSelector("summary")).click();
    browser.find(By.partialLinkText("Recent messages")).click();
    browser.awaitFocus("Recent messages");
    browser.awaitText("Signed out of Firefox on Linux");
    picture("sessions-messages");
    browser.awaitText("Read your personal tokens");
  }

  @Test
  void allOtherSessionsAreSignedOut() {
    List<BrowserSession> others = List.of(elsewhere(FIREFOX), elsewhere(FIREFOX));
    openAs("dave", PAGE);
    awaitRows(3);
    browser.click("button", "Sign out everywhere else");
    awaitRows(1);
    browser.until(
        () -> !browser.has("button", "Sign out everywhere else"), () -> "there are others");
    others.forEach(session -> session.get(ServiceTokens.WHOAMI).problem(401));
    browser.driver().navigate().refresh();
    awaitRows(1);
    browser.awaitText("This browser");
  }

  @Test
  void endedSessionIsRemovedWithoutAnError() {
    BrowserSession firefox = elsewhere(FIREFOX);
    openAs("dave", PAGE);
    awaitRows(2);
    firefox.delete(BrowserSession.PATH, "").expect(204);
    browser.expectRefusal(404);
    browser.click("button", "Sign out Firefox on Linux");
    awaitRows(1);
    assertEquals(List.of(), browser.driver().findElements(By.cssSelector("[role=alert]")));
  }

  @Test
  void signOutInAnEndedSessionIsReported() {
    BrowserSession firefox = elsewhere(FIREFOX);
    openAs("dave", PAGE);
    awaitRows(2);
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.expectRefusal(401);
    browser.click("button", "Sign out Firefox on Linux");
    browser.awaitText("You are signed out");
    browser.find(By.cssSelector("summary")).click();
    browser.click("button", "Sign out everywhere");
    WebElement message = browser.find("group", "The sign-out did not succeed");
    assertTrue(message.getText().contains("Your session had already ended."), message::getText);
    firefox.get(ServiceTokens.WHOAMI).ok();
    browser.find(By.cssSelector("summary")).click();
    check("sessions-ended");
  }

  @Test
  void hostileUserAgentIsNotShown() {
    elsewhere("<img src=x onerror=alert(1)><b>bold</b>");
    elsewhere("Firefox/<script>alert(1)</script> (Linux)");
    openAs("dave", PAGE);
    awaitRows(3);
    browser.awaitText("Unknown browser");
    browser.awaitText("Firefox on Linux");
    String text = browser.text();
    assertFalse(text.contains("alert"), text);
    assertFalse(text.contains("bold"), text);
    assertEquals(List.of(), browser.driver().findElements(By.cssSelector("main img, main script")));
  }
}
