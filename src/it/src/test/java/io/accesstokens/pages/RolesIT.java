package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Tests what each of the sample users can see and do. */
class RolesIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";

  private final TestToken ofPlatform = tokens.create();
  private final TestToken ofPayments = tokens.create(TokenRequest.good().of("payments"));

  private static String name(TestToken made) {
    return made.token().getString("name");
  }

  private List<String> tabs() {
    return browser.texts(By.cssSelector("nav .tabs a"));
  }

  @Test
  void adminCreatesAndRevokes() {
    openAs("alice", LIST);
    List<String> tabs = tabs();
    assertTrue(tabs.containsAll(List.of("Overview", "Service tokens", "Audit")), tabs::toString);
    assertTrue(tabs.contains("Users"), tabs::toString);
    browser.find(By.cssSelector("summary")).click();
    browser.awaitText("All groups: read, create, revoke");
    browser.awaitText("access-tokens 0."); // the version
    browser.press(Keys.ESCAPE);
    browser.find("button", "Create token");
    browser.find(browser.row(name(ofPlatform)), "button", "Revoke");
    browser.find(browser.row(name(ofPayments)), "button", "Revoke");
    browser.find("checkbox", "Select all on this page");
    browser.run("document.querySelector('.who').textContent = 'Wilhelmina Featherstonehaugh'");
    for (int width : List.of(1024, 1100, 1280)) {
      browser.look(width, false);
      browser.assertFits("header of " + width + " pixels");
    }
    browser.lookAsEver();
  }

  @Test
  void auditorOnlyReads() {
    openAs("bob", LIST);
    WebElement row = browser.row(name(ofPayments));
    browser.click(row, "button", "More actions");
    browser.find(row, "menuitem", "Audit");
    assertEquals(List.of(), browser.all(row, "menuitem", "Revoke…"));
    browser.press(Keys.ESCAPE);
    assertFalse(browser.has("button", "Create token"), "an auditor can create tokens");
    assertEquals(List.of(), browser.all(row, "button", "Revoke"));
    assertEquals(List.of(), browser.driver().findElements(By.cssSelector("tbody input")));
    browser.awaitText("ask for access-tokens:service:write, access-tokens:service:revoke");
    picture("list-auditor");
    browser.open(LIST + '/' + ofPayments.id());
    browser.find("heading", name(ofPayments));
    assertFalse(browser.has("button", "Revoke"), "an auditor can revoke tokens");
  }

  @Test
  void memberManagesTokensOfTheirGroups() {
    openAs("carol", LIST);
    browser.find(browser.row(name(ofPlatform)), "button", "Revoke");
    assertFalse(browser.text().contains(name(ofPayments)), browser.text());
    assertFalse(tabs().contains("Users"), "a member can manage users");
    browser.find(By.cssSelector("summary")).click();
    browser.awaitText("Own groups: read, create, revoke");
    browser.press(Keys.ESCAPE);
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create service token");
    // If there is only one group, it is preselected.
    browser.until(
        () ->
            "Platform"
                .equals(browser.find(dialog, "combobox", "Owning group").getDomProperty("value")),
        () -> "another group");
    browser.click(dialog, "button", "Cancel");
    browser.expectRefusal(404);
    browser.open(LIST + '/' + ofPayments.id());
    browser.find("heading", "Token not found");
  }

  @Test
  void userWithoutPermissionsSeesTheReason() {
    for (String path :
        List.of(LIST, LIST + "/overview", LIST + "/audit", LIST + "/" + ofPlatform.id())) {
      browser.open(path);
      if (browser.address().startsWith("/sign-in") || path.equals(LIST)) {
        browser.signIn("dave", "dave");
      }
      browser.find("heading", "You do not have permission");
      assertEquals(path, browser.address());
      assertFalse(browser.text().contains(name(ofPlatform)), browser.text());
    }
  }

  @Test
  void pageOfPersonalTokensSaysThatTheyAreTurnedOff() throws Exception {
    WarProcess without =
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_PERSONAL_ENABLED", "false");
    try (RunningApplication other = RunningApplication.start(without)) {
      Browser there = browser.at(other.api().origin());
      there.open("/settings/personal-tokens");
      there.signIn("alice", "alice");
      there.awaitAddress("/settings/personal-tokens");
      for (String path :
          List.of("/settings/personal-tokens", "/settings/personal-tokens/" + ofPlatform.id())) {
        there.open(path);
        there.awaitText("Personal tokens are turned off on this server");
        assertFalse(there.text().contains("service:read"), there.text());
      }
      browser.driver().get("about:blank"); // the page would lose its server
    }
  }
}
