package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;

/** Tests sign-in and sign-out. */
class SignInIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";

  @Test
  void signInReturnsToTheRequestedPage() {
    String wanted = LIST + "?status=revoked&sort=name";
    browser.open(wanted);
    browser.find("heading", "Sign in");
    assertTrue(browser.address().startsWith("/sign-in?to="), browser.address());
    browser.screenshot("sign-in");
    browser.signIn("alice", "alice");
    browser.awaitAddress(wanted);
    browser.find("heading", "Service tokens");
    browser.open("/sign-in");
    browser.awaitAddress(LIST);
  }

  @Test
  void rootRedirectsToThePages() {
    browser.open("/");
    browser.signIn("bob", "bob");
    browser.awaitAddress(LIST);
    assertEquals(
        "image/svg+xml", browser.find(By.cssSelector("link[rel=icon]")).getDomAttribute("type"));
  }

  @Test
  void wrongPasswordIsReported() {
    browser.expectRefusal(401);
    browser.open("/sign-in");
    browser.signIn("alice", "bob");
    browser.awaitText("Username or password is wrong.");
    browser.screenshot("sign-in-wrong");
    assertEquals("alice", browser.find("textbox", "Username").getDomProperty("value"));
    assertEquals("/sign-in", browser.address());
    browser.signIn("alice", "alice");
    browser.awaitAddress(LIST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//example.com/admin/x",
        "https://example.com/admin/access-tokens",
        "javascript:alert(1)",
        "/\\example.com",
        "../../../example",
        "api/access-tokens/whoami",
        "sign-in?to=admin",
        "%00"
      })
  void signInNeverLeavesTheSite(String to) {
    browser.open(
        "/sign-in?to=" + java.net.URLEncoder.encode(to, java.nio.charset.StandardCharsets.UTF_8));
    browser.signIn("bob", "bob");
    browser.until(
        () -> browser.address().startsWith("/admin/"), () -> "was led to " + browser.address());
    browser.find(By.cssSelector("main h1"));
  }

  @Test
  void signOutShowsTheSignInPage() {
    openAs("alice", LIST);
    browser.find(By.cssSelector("summary")).click();
    browser.click("button", "Sign out");
    browser.find("heading", "Sign in");
    assertEquals("/sign-in", browser.address());
    browser.driver().navigate().back();
    browser.until(
        () -> browser.address().startsWith("/sign-in"), () -> "back at " + browser.address());
    assertFalse(browser.text().contains("bsat_"), browser.text());
  }

  @Test
  void userReturnsToThePageAfterTheSessionEnded() {
    tokens.create(); // the list needs a token to have a column to sort by
    openAs("alice", LIST);
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.expectRefusal(401);
    browser.click("link", "Name");
    browser.awaitText("You are signed out");
    browser.click("link", "Sign in");
    browser.find("heading", "Sign in");
    browser.signIn("alice", "alice");
    browser.awaitAddress(LIST + "?sort=name");
  }
}
