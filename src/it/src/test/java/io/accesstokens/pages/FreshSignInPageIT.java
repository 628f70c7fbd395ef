package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.program.Chromium;
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
    // A page that is still loading would get a 401 response when the cookies are gone.
    browser.driver().get("about:blank");
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
    browser.awaitLoaded();
  }

  private void confirm(String password) {
    WebElement dialog = browser.dialog(ASK);
    browser.type(dialog.findElement(By.cssSelector("input[type=password]")), password);
    browser.click(dialog, "button", "Confirm");
  }

  @Test
  void pageOfAnExpiredTokenIsAccessible() throws Exception {
    TestToken made =
        new ServiceTokens(application.api().as("alice"))
            .create(TokenRequest.good().with("expiresInDays", "1"));
    clock.shift(Duration.ofDays(2));
    openAs("alice", LIST + '/' + made.id());
    browser.find("heading", made.name());
    browser.awaitText("Expired");
    Looks.check(browser, "token-expired", "html");
  }

  /** Opens the dialog that creates a service token, and fills in a scope that writes. */
  private WebElement fillIn(String name) {
    openAs("alice", LIST);
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create service token");
    browser.type(browser.find(dialog, "textbox", "Name"), name);
    browser.type(browser.find(dialog, "textbox", "Description"), "Writes");
    browser.type(browser.find(dialog, "combobox", "Owning group"), "platform");
    browser.find(By.cssSelector("dialog input[value='catalog:write']")).click();
    return dialog;
  }

  /** Fills in the dialog, and sends it so late that the service asks for the password. */
  private WebElement createAfterTwoHours(String name) throws Exception {
    WebElement dialog = fillIn(name);
    clock.shift(Duration.ofHours(2));
    browser.expectRefusal(403);
    browser.click(dialog, "button", "Create token");
    browser.dialog(ASK);
    return dialog;
  }

  @Test
  void endedSessionIsNotReportedAsAWrongPassword() throws Exception {
    String name = TokenRequest.newName();
    WebElement dialog = createAfterTwoHours(name);
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.expectRefusal(401);
    confirm("alice");
    browser.find(dialog, "link", "Sign in in another tab, then try again.");
    assertFalse(browser.has("dialog", ASK), "the question stays");
    assertEquals(name, Browser.valueOf(browser.find(dialog, "textbox", "Name")));
  }

  @Test
  void serviceTokenIsCreatedAfterThePasswordWithWhatWasEntered() throws Exception {
    String name = TokenRequest.newName();
    WebElement dialog = createAfterTwoHours(name);
    browser.awaitText("What you entered is kept.");
    Looks.check(browser, "fresh-sign-in", "html");
    browser.press(Keys.ESCAPE);
    browser.until(() -> !browser.has("dialog", ASK), () -> "the question is open");
    browser.awaitText("The sign-in of this session is older than");
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
    ConsentPage.open(browser, name, "catalog:write");
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
