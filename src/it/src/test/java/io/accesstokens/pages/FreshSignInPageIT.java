package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.Chromium;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.ShiftableClock;
import io.accesstokens.testing.server.WarProcess;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * Tests pages in a session with an old sign-in. The pages request the password, and do not lose the
 * input.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FreshSignInPageIT {

  private static final String LIST = "/admin/access-tokens";
  private static final String OWN = "/settings/personal-tokens";
  private static final String ASK = "Confirm that it is you";

  private ShiftableClock clock;
  private RunningApplication application;
  private Browser browser;

  @BeforeAll
  void start() throws Exception {
    WarProcess process =
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withConfig("session: {absoluteHours: 48, idleMinutes: 600, freshSignInHours: 1}");
    clock = ShiftableClock.in(process.folder());
    application = RunningApplication.start(clock.usedBy(process));
    browser = new Browser(Chromium.shared(), application.api().origin());
  }

  @AfterAll
  void stop() {
    application.close();
  }

  @BeforeEach
  void signOut() throws Exception {
    clock.shift(Duration.ZERO);
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
  }

  @AfterEach
  void consoleIsQuiet() {
    browser.assertQuiet();
  }

  private void openAs(String person, String path) {
    browser.open(path);
    browser.signIn(person, person);
    browser.awaitAddress(path);
    browser.find(By.cssSelector("main h1"));
  }

  private void confirm(String password) {
    WebElement dialog = browser.dialog(ASK);
    browser.type(dialog.findElement(By.cssSelector("input[type=password]")), password);
    browser.click(dialog, "button", "Confirm");
  }

  @Test
  void serviceTokenIsCreatedAfterThePasswordWithWhatWasEntered() throws Exception {
    openAs("alice", LIST);
    String name = TokenRequest.newName();
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create service token");
    browser.type(browser.find(dialog, "textbox", "Name"), name);
    browser.type(browser.find(dialog, "textbox", "Description"), "Writes");
    browser.type(browser.find(dialog, "combobox", "Owning group"), "platform");
    browser.find(By.cssSelector("dialog input[value='catalog:write']")).click();
    clock.shift(Duration.ofHours(2));

    browser.expectRefusal(403);
    browser.click(dialog, "button", "Create token");
    browser.dialog(ASK);
    browser.awaitText("What you entered is kept.");
    browser.assertAccessible("fresh sign-in");
    browser.screenshot("fresh-sign-in");
    browser.press(Keys.ESCAPE);
    browser.until(() -> !browser.has("dialog", ASK), () -> "the question is open");
    browser.awaitText("A fresh sign-in is required");
    assertEquals(name, Browser.valueOf(browser.find(dialog, "textbox", "Name")));

    browser.expectRefusal(403);
    browser.expectRefusal(401);
    browser.click(dialog, "button", "Create token");
    confirm("wrong");
    browser.awaitText("The password is wrong.");
    confirm("alice");
    closeOnce();
    String list = ServiceTokens.PATH + "?groupEntityRef=group:default/platform&limit=500";
    ApiResult listed = application.api().as("alice").get(list).expect(200);
    assertTrue(listed.text().contains(name), listed::toString);
  }

  @Test
  void personalTokenIsCreatedAfterThePasswordWithWhatWasEntered() throws Exception {
    openAs("dave", OWN);
    String name = TokenRequest.newName();
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create personal token");
    browser.type(browser.find(dialog, "textbox", "Name"), name);
    browser.find(By.cssSelector("dialog input[value='catalog:write']")).click();
    clock.shift(Duration.ofHours(2));
    browser.expectRefusal(403);
    browser.click(dialog, "button", "Create token");
    confirm("dave");
    closeOnce();
    assertTrue(tokensOfDave().contains(name), name);
  }

  @Test
  void consentGoesOnAfterThePassword() throws Exception {
    openAs("dave", OWN);
    clock.shift(Duration.ofMinutes(56));
    String name = TokenRequest.newName();
    Object url =
        browser
            .driver()
            .executeAsyncScript(
                """
                const [name, done] = arguments;
                fetch('/api/access-tokens/personal/mint', {
                  method: 'POST',
                  headers: {'Content-Type': 'application/json', 'X-Requested-With': 'fetch'},
                  body: JSON.stringify({name, scopes: ['catalog:write']}),
                }).then(it => it.json()).then(it => done(it.authorizeUrl), e => done(String(e)));
                """,
                name);
    browser.driver().get(String.valueOf(url));
    browser.find("button", "Allow");
    clock.shift(Duration.ofMinutes(61));
    browser.expectRefusal(403);
    browser.click("button", "Allow");
    confirm("dave");
    closeOnce();
    assertTrue(tokensOfDave().contains(name), name);
  }

  private void closeOnce() {
    WebElement once = browser.dialog("Token created");
    browser.press(Keys.ESCAPE);
    browser.click(once, "button", "Close");
    browser.awaitNoDialog();
  }

  private String tokensOfDave() {
    return new PersonalTokens(application.api().as("dave")).list("limit=500").toString();
  }
}
