package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * Tests every page and dialog against WCAG 2.2 AA: light and dark, wide and narrow. Saves a
 * screenshot of each.
 */
class AccessibilityIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private final TestToken made = tokens.create();

  private void useTheToken() {
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).ok();
    // Uses are collected for a moment before the API reports them.
    String usage = ServiceTokens.path(made.id()) + "/usage";
    browser.until(
        () -> api.as("alice").get(usage).ok().getJsonObject("accepted").getInt("count") > 0,
        () -> "the use is not shown");
  }

  @Test
  void signInPageIsAccessible() {
    browser.open("/sign-in");
    browser.find("button", "Sign in");
    check("sign-in");
    browser.expectRefusal(401);
    browser.signIn("alice", "wrong");
    browser.awaitText("Username or password is wrong.");
    check("sign-in-wrong");
  }

  @Test
  void listIsAccessibleInEachState() {
    useTheToken();
    TestToken dead = tokens.create();
    tokens.revoke(dead.id());
    openAs("alice", LIST);
    String name = made.token().getString("name");
    browser.row(name);
    check("list");
    browser.find(By.cssSelector("summary")).click();
    check("account", ".top");
    browser.find(By.cssSelector("h1")).click();
    browser.click(() -> browser.row(name), "checkbox", "Select " + name);
    check("list-selected");
    browser.click("button", "Clear selection");
    browser.click(() -> browser.row(name), "button", "More actions");
    check("list-menu");
    browser.press(Keys.ESCAPE);
    browser.type("combobox", "Created by", "No Such User");
    browser.press(Keys.ENTER);
    browser.awaitText("No user “No Such User” has created a token");
    check("list-wrong-creator");
    browser.look(390, false);
    browser.click("button", "Filters (0)");
    check("list-filters");
    browser.click("button", "Save view");
    browser.dialog("Save view");
    check("list-save-view");
    browser.press(Keys.ESCAPE);
    browser.open(LIST + "?q=nothing-is-called-so");
    browser.find("button", "Show all tokens");
    check("list-no-match");
  }

  @Test
  void createDialogIsAccessible() {
    openAs("alice", LIST);
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create service token");
    browser.find(By.cssSelector("dialog input[value='catalog:read']"));
    check("create");
    browser.find(dialog, "combobox", "Owning group").sendKeys("p");
    browser.find("option", "Platform group:default/platform");
    check("create-groups");
    browser.press(Keys.ESCAPE);
    browser.click(dialog, "button", "Same as another token…");
    browser.find(dialog, "combobox", "Token to copy the scopes from").sendKeys("x");
    check("create-same-as");
    browser.press(Keys.ESCAPE);
    browser.until(
        () -> {
          if (browser.has("combobox", "Token to copy the scopes from")) {
            browser.press(Keys.ESCAPE); // the first one closed the list of options
          }
          return browser.focusedName().equals("Same as another token…");
        },
        () -> "the search for a token is open");
    browser.click(dialog, "button", "Create token");
    browser.awaitText("Fix 3 fields to continue"); // the owning group has a text
    check("create-wrong");
    browser.type(browser.find(dialog, "textbox", "Name"), TokenRequest.newName());
    browser.type(browser.find(dialog, "textbox", "Description"), "Seen by all users");
    browser.type(browser.find(dialog, "combobox", "Owning group"), "platform");
    browser.find(By.cssSelector("dialog input[value='catalog:read']")).click();
    browser.click(dialog, "button", "Create token");
    WebElement once = SecretDialog.afterCreation(browser).element();
    browser.find(once, "radio", "Kubernetes").click();
    check("once");
    if (Browser.EVERY_STATE) {
      for (String way : List.of("curl", ".env file", "GitHub Actions", "GitLab CI")) {
        browser.find(once, "radio", way).click();
        check("once-" + way.replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT));
      }
    }
    browser.press(Keys.ESCAPE);
    browser.find(once, "button", "Keep open");
    check("once-asks");
    browser.click(once, "button", "Close");
    browser.awaitNoDialog();
  }

  @Test
  void revokeDialogIsAccessible() {
    useTheToken();
    TestToken other = tokens.create();
    openAs("alice", LIST);
    String name = made.token().getString("name");
    browser.click(() -> browser.row(name), "button", "Revoke");
    browser.dialog("Revoke token");
    browser.awaitText("In use today");
    check("revoke");
    browser.click("button", "Cancel");
    browser.awaitNoDialog();
    for (String one : List.of(name, other.token().getString("name"))) {
      browser.click(() -> browser.row(one), "checkbox", "Select " + one);
    }
    browser.click("button", "Revoke 2 tokens");
    browser.dialog("Revoke 2 tokens");
    check("revoke-many");
  }

  @Test
  void otherPagesAreAccessible() {
    useTheToken();
    openAs("alice", LIST + '/' + made.id());
    browser.find("heading", "Audit log");
    browser.until(
        () -> browser.driver().findElements(By.cssSelector("figure svg")).size() == 1,
        () -> "no plot");
    check("token");
    browser.find(By.cssSelector("details.data summary")).click();
    check("token-table");
    browser.click("button", "More actions");
    browser.find(By.cssSelector("[role=menuitem]"));
    check("token-menu");
    TestToken unused = tokens.create();
    browser.open(LIST + '/' + unused.id());
    browser.find("heading", "Not used yet.");
    check("token-unused");
    tokens.revoke(unused.id());
    browser.open(LIST + '/' + unused.id());
    browser.find("heading", "Nothing has tried it since.");
    check("token-revoked");
    browser.open(LIST + "/overview");
    browser.find("heading", "By group");
    check("overview");
    browser.open(LIST + "/audit");
    browser.find(By.cssSelector("details.event summary")).click();
    browser.find("button", "Copy link to this event");
    check("audit");
    BrowserSession.signIn(api, "alice", "alice");
    browser.open(LIST + "/sessions");
    browser.awaitText("This browser");
    browser.find("button", "Sign out everywhere else");
    check("sessions");
    browser.open(LIST + "/api");
    browser.find("heading", "Create a service token");
    // Enough of the page for each of its parts; all of it would take long to check.
    browser.type("searchbox", "Search the reference", "rotate");
    browser.find(By.cssSelector("#rotateServiceToken summary")).click();
    check("api-reference");
    browser.expectRefusal(404);
    browser.open(LIST + "/00000000-0000-4000-8000-000000000000");
    browser.find("heading", "Token not found");
    check("token-not-found");
    browser.open("/nowhere");
    browser.find("heading", "Page not found");
    check("no-page");
  }

  @Test
  void consentPageIsAccessible() {
    openAs("dave", "/settings/personal-tokens");
    ConsentPage.open(browser, TokenRequest.newName(), "catalog:read", "access-tokens:user:read");
    browser.find("button", "Allow");
    check("consent");
    browser.click("button", "Deny");
    browser.awaitText("You denied the request.");
    check("consent-denied");
    browser.open("/settings/personal-tokens/consent?error=expired");
    browser.find("heading", "This request is over");
    check("consent-over");
  }

  @Test
  void noPermissionPageIsAccessible() {
    browser.open(LIST);
    browser.signIn("dave", "dave");
    browser.find("heading", "You do not have permission");
    check("no-permission");
  }

  /** A theme with forced colors removes the backgrounds and shadows of a page. */
  @Test
  void stateIsVisibleWithForcedColors() {
    openAs("alice", LIST);
    String name = made.name();
    browser.row(name);
    browser.forceColors();
    assertHighlighted("nav.views a[aria-current]");
    browser.click(() -> browser.row(name), "button", "More actions");
    browser.awaitFocus("Copy ID");
    assertEquals(
        "solid", browser.run("return getComputedStyle(document.activeElement).outlineStyle"));
    browser.open(LIST + "/people");
    assertHighlighted(".segments label:has(:checked)");
  }

  /**
   * Asserts that a part has the colors of a selection. Unless the page sets them itself, the
   * browser paints the background of the page behind each text, and the text can have the same
   * color.
   */
  private void assertHighlighted(String selector) {
    Object isHighlighted =
        browser.run(
            """
            const sample = document.body.appendChild(document.createElement('div'));
            sample.style.background = 'Highlight';
            sample.style.color = 'HighlightText';
            sample.style.forcedColorAdjust = 'none';
            const colors = it => {
              const {backgroundColor, color, forcedColorAdjust} = getComputedStyle(it);
              return [backgroundColor, color, forcedColorAdjust].join();
            };
            return colors(document.querySelector(arguments[0])) === colors(sample);
            """,
            selector);
    assertEquals(true, isHighlighted, selector);
  }

  @Test
  void pagesFitOnAWideScreen() {
    openAs("alice", LIST);
    browser.look(2560, false);
    browser.row(made.token().getString("name"));
    browser.assertFits("list, huge");
    browser.screenshot("list-huge");
    browser.open(LIST + "/overview");
    browser.find("heading", "By group");
    browser.screenshot("overview-huge");
  }
}
