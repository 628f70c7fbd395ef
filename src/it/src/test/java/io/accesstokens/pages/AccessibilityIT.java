package io.accesstokens.pages;

import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
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

  @BeforeEach
  void useTheToken() {
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
    TestToken dead = tokens.create();
    tokens.revoke(dead.id());
    openAs("alice", LIST);
    String name = made.token().getString("name");
    browser.row(name);
    check("list");
    browser.find(By.cssSelector("summary")).click();
    check("account");
    browser.find(By.cssSelector("h1")).click();
    browser.find(browser.row(name), "checkbox", "Select " + name).click();
    check("list-selected");
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
    browser.click(dialog, "button", "Create token");
    browser.awaitText("need a look");
    check("create-wrong");
    browser.type(browser.find(dialog, "textbox", "Name"), TokenRequest.newName());
    browser.type(browser.find(dialog, "textbox", "Description"), "Seen by all users");
    browser.type(browser.find(dialog, "combobox", "Owning group"), "platform");
    browser.find(By.cssSelector("dialog input[value='catalog:read']")).click();
    browser.click(dialog, "button", "Create token");
    WebElement once = browser.dialog("Token created");
    check("once");
    browser.press(Keys.ESCAPE);
    browser.find(once, "button", "Keep open");
    check("once-asks");
    browser.click(once, "button", "Close");
    browser.awaitNoDialog();
  }

  @Test
  void revokeDialogIsAccessible() {
    TestToken other = tokens.create();
    openAs("alice", LIST);
    String name = made.token().getString("name");
    browser.click(browser.row(name), "button", "Revoke");
    browser.dialog("Revoke token");
    browser.awaitText("In use today");
    check("revoke");
    browser.click("button", "Cancel");
    browser.awaitNoDialog();
    for (String one : List.of(name, other.token().getString("name"))) {
      browser.find(browser.row(one), "checkbox", "Select " + one).click();
    }
    browser.click("button", "Revoke 2 tokens");
    browser.dialog("Revoke 2 tokens");
    check("revoke-many");
  }

  @Test
  void otherPagesAreAccessible() {
    openAs("alice", LIST + '/' + made.id());
    browser.find("heading", "Audit trail");
    browser.until(
        () -> browser.driver().findElements(By.cssSelector("figure svg")).size() == 1,
        () -> "no plot");
    check("token");
    browser.find(By.cssSelector("details.data summary")).click();
    check("token-table");
    browser.open(LIST + "/overview");
    browser.find("heading", "By group");
    check("overview");
    browser.open(LIST + "/audit");
    browser.find(By.cssSelector("tbody tr"));
    check("audit");
    BrowserSession.signIn(api, "alice", "alice");
    browser.open(LIST + "/sessions");
    browser.awaitText("This browser");
    browser.find("button", "Sign out everywhere else");
    check("sessions");
    browser.expectRefusal(404);
    browser.open(LIST + "/00000000-0000-4000-8000-000000000000");
    browser.find("heading", "No such token");
    check("token-not-found");
    browser.open("/nowhere");
    browser.find("heading", "There is no such page");
    check("no-page");
  }

  @Test
  void consentPageIsAccessible() {
    openAs("dave", "/settings/personal-tokens");
    Object url =
        browser
            .driver()
            .executeAsyncScript(
                """
                const [name, done] = arguments;
                fetch('/api/access-tokens/personal/mint', {
                  method: 'POST',
                  headers: {'Content-Type': 'application/json', 'X-Requested-With': 'fetch'},
                  body: JSON.stringify({name, scopes: ['catalog:read', 'access-tokens:user:read']}),
                }).then(it => it.json()).then(it => done(it.authorizeUrl), e => done(String(e)));
                """,
                TokenRequest.newName());
    browser.driver().get(String.valueOf(url));
    browser.find("button", "Allow");
    check("consent");
    browser.click("button", "Deny");
    browser.awaitText("You have not allowed it.");
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
