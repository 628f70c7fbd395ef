package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.login.openid.RedirectPath;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests sign-in and sign-out. */
class SignInIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";

  /** Lets the sign-in page also offer an OpenID provider. */
  private static final String WITH_PROVIDER =
      """
      const real = window.fetch;
      window.fetch = async (target, options) => {
        const response = await real(target, options);
        if (options?.method === 'POST' || !String(target.url ?? target).endsWith('/session')) {
          return response;
        }
        const session = await response.json();
        const provider = { id: 'oidc', title: 'Staff', href: 'api/access-tokens/session/oidc' };
        return Response.json({ ...session, ways: session.ways && [...session.ways, provider] });
      };
      """;

  @Test
  void signInReturnsToTheRequestedPage() {
    String wanted = LIST + "?status=revoked&sort=name";
    browser.open(wanted);
    browser.find("heading", "Sign in to access-tokens");
    assertTrue(browser.address().startsWith("/sign-in?to="), browser.address());
    browser.signIn("alice", "alice");
    browser.awaitAddress(wanted);
    browser.find("heading", "Service tokens");
    browser.open("/sign-in");
    browser.awaitAddress(LIST);
  }

  /** The path to which a provider returns has at most 1,000 characters. */
  @Test
  void longPathIsKeptDuringASignInElsewhere() {
    String wanted =
        LIST + "?status=revoked&q=" + "a".repeat(199) + "&sort=name&x=" + "b".repeat(999);
    withScript(
        WITH_PROVIDER,
        () -> {
          browser.open(wanted);
          String path = pathOfProvider();
          assertTrue(RedirectPath.isValid(path), "too long: " + path);
          browser.open("/sign-in?error=denied&to=" + path);
          assertEquals(path, pathOfProvider());
          browser.open(path);
          browser.signIn("alice", "alice");
          browser.awaitAddress(wanted);
        });
  }

  /** Returns the path to which the provider of {@link #WITH_PROVIDER} returns. */
  private String pathOfProvider() {
    return String.valueOf(
        browser.run(
            "return '/' + new URL(arguments[0].href).searchParams.get('to')",
            browser.find("link", "Staff")));
  }

  @Test
  void signInPageSaysWhereItLeads() {
    browser.open(LIST + "/00000000-0000-4000-8000-000000000000");
    browser.awaitText("After signing in you’ll return to this token.");
    browser.open("/sign-in");
    browser.find("button", "Sign in");
    assertFalse(browser.text().contains("you’ll return"), browser::text);
    WebElement mark = browser.find(By.cssSelector("main .alone-head img"));
    browser.until(
        () -> Boolean.TRUE.equals(browser.run("return arguments[0].naturalWidth > 0", mark)),
        () -> "the mark is not loaded");
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
  void userWhoMayNotReadServiceTokensBeginsWithPersonalTokens() {
    browser.open("/");
    browser.signIn("dave", "dave");
    browser.awaitAddress("/settings/personal-tokens");
    browser.find("heading", "Personal tokens");
    browser.open("/sign-in");
    browser.awaitAddress("/settings/personal-tokens");
  }

  @Test
  void wrongPasswordIsReported() {
    browser.expectRefusal(401);
    browser.open("/sign-in");
    browser.signIn("alice", "bob");
    browser.awaitText("Username or password is wrong.");
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
  void lostConnectionIsReportedUntilItIsBack() {
    tokens.create(); // the list needs a token to have a column to sort by
    signInAndOpen("alice", LIST);
    browser.find("link", "Name");
    browser.expectConsole("net::ERR_INTERNET_DISCONNECTED");
    withoutNetwork(
        () -> {
          browser.click("link", "Name");
          browser.find("region", "Connection");
          browser.awaitText("The server cannot be reached. This page shows what was loaded at");
          browser.awaitText("Trying again in");
          picture("offline");
        });
    browser.click(browser.find("region", "Connection"), "button", "Try again");
    browser.until(() -> !browser.has("region", "Connection"), () -> "the banner is still there");
    // The page then repeats the failed call by itself.
    browser.until(
        () -> browser.driver().findElements(By.cssSelector("main .note-bad")).isEmpty(),
        () -> "the list is not loaded");
  }

  @Test
  void signOutShowsTheSignInPage() {
    signInAndOpen("alice", LIST);
    browser.find(By.cssSelector("summary")).click();
    browser.click("button", "Sign out");
    browser.find("heading", "Sign in to access-tokens");
    assertEquals("/sign-in", browser.address());
    browser.driver().navigate().back();
    browser.until(
        () -> browser.address().startsWith("/sign-in"), () -> "back at " + browser.address());
    assertFalse(browser.text().contains("bsat_"), browser.text());
    // The user has no saved views and has chosen no theme, so nothing stays in the browser.
    assertEquals(
        "{},{}",
        browser.run("return [localStorage, sessionStorage].map(it => JSON.stringify(it)).join()"));
  }

  @Test
  void failedSignOutIsReportedAndTriedAgain() {
    openAs("alice", LIST);
    browser.run(
        """
        const { fetch } = window;
        window.fetch = async (url, options) => {
          if (options.method !== 'DELETE') {
            return fetch(url, options);
          }
          window.fetch = fetch;
          return new Response('{}', { status: 503 });
        };
        """);
    browser.find(By.cssSelector("summary")).click();
    browser.click("button", "Sign out");
    browser.awaitText("The sign-out did not succeed");
    browser.find(By.cssSelector("h1")).click(); // closes the menu, which covers the button
    browser.click("button", "Try again");
    browser.find("heading", "Sign in to access-tokens");
    assertEquals("/sign-in", browser.address());
  }

  @Test
  void userReturnsToThePageAfterTheSessionEnded() {
    tokens.create(); // the list needs a token to have a column to sort by
    signInAndOpen("alice", LIST);
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.expectRefusal(401);
    browser.click("link", "Name");
    browser.awaitText("You are signed out");
    browser.click("link", "Sign in");
    browser.find("heading", "Sign in to access-tokens");
    browser.signIn("alice", "alice");
    browser.awaitAddress(LIST + "?sort=name");
  }
}
