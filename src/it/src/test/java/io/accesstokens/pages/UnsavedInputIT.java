package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;

/** Tests that the input of pages stays until it is submitted or discarded. */
class UnsavedInputIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final String PERSONAL = "/settings/personal-tokens";

  /** Returns true if the page can be left without a question. */
  private static final String BEFORE_LEAVING =
      "return window.dispatchEvent(new Event('beforeunload', {cancelable: true}))";

  private static final By EXPIRY = By.cssSelector("dialog input[type=date]");

  private final ServiceTokenDialog create = new ServiceTokenDialog(browser);

  private static LocalDate date(int days) {
    return LocalDate.now(ZoneId.of("Europe/Berlin")).plusDays(days);
  }

  private static String in(int days) {
    return date(days).toString();
  }

  private void setExpiry(int days) {
    browser.pick(browser.find(EXPIRY), date(days));
  }

  private void chooseGroup(String text) {
    WebElement group = browser.find(browser.driver(), "combobox", "Owning group");
    group.sendKeys(text);
    String name = text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    browser.click("option", name + " group:default/" + text);
    browser.awaitText("group:default/" + text);
    browser.until(
        () ->
            browser.find(EXPIRY).getDomProperty("max") != null
                && !"".equals(browser.find(EXPIRY).getDomProperty("max")),
        () -> "no limit");
  }

  private void endSession() {
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.expectRefusal(401);
  }

  private void signInElsewhere(String person) {
    String window = browser.driver().getWindowHandle();
    browser.driver().switchTo().newWindow(WindowType.TAB);
    openAs(person, PERSONAL);
    browser.driver().close();
    browser.driver().switchTo().window(window);
  }

  @Test
  void groupChangeKeepsTheExpiry() {
    openAs("alice", LIST);
    create.open();
    assertEquals(in(30), Browser.valueOf(browser.find(EXPIRY)));
    chooseGroup("platform");
    assertEquals(in(30), Browser.valueOf(browser.find(EXPIRY)));
    setExpiry(90);
    WebElement group = browser.find(browser.driver(), "combobox", "Owning group");
    group.sendKeys(Keys.chord(Keys.CONTROL, "a"));
    chooseGroup("payments");
    assertEquals(in(90), Browser.valueOf(browser.find(EXPIRY)));
    assertFalse(browser.text().contains("shortened"), browser.text());
  }

  /** Chooses two groups one after the other, before the limits of the first one are loaded. */
  @Test
  void limitsAreThoseOfTheChosenGroup() {
    openAs("alice", LIST);
    create.open();
    browser.run(
        """
        const { fetch } = window;
        window.limits = {};
        window.fetch = (url, options) => {
          const [, group] = /service\\/limits.*%2F(\\w+)$/.exec(url) ?? [];
          return group ? new Promise(resolve => { window.limits[group] = resolve; }) : fetch(url, options);
        };
        """);
    beginChoice("platform");
    beginChoice("payments");
    browser.run("window.limits.platform(new Response('{}', {status: 503}))");
    browser.run(
        "window.limits.payments(Response.json({maxLifetimeDays: 10, allowedScopes: ['catalog:read']}))");
    browser.until(
        () -> in(10).equals(browser.find(EXPIRY).getDomProperty("max")), () -> "no limit");
    By writing = By.cssSelector("dialog input[value='catalog:write']");
    assertFalse(browser.find(writing).isEnabled(), "the scope is allowed");

    beginChoice("platform");
    browser.run("window.limits.platform(new Response('{}', {status: 503}))");
    browser.until(() -> "".equals(browser.find(EXPIRY).getDomProperty("max")), () -> "a limit");
    assertTrue(browser.find(writing).isEnabled(), "the limits of the other group stay");
  }

  /** Chooses an option before the options for the latest letter are loaded. */
  @Test
  void lateOptionsDoNotOpenTheListAgain() {
    openAs("alice", LIST);
    WebElement dialog = create.open();
    WebElement group = browser.find(dialog, "combobox", "Owning group");
    group.sendKeys("pl");
    WebElement option = browser.find(By.xpath("//li[code='group:default/platform']"));
    browser.until(option::isDisplayed, () -> "no option");
    browser.run(
        """
        const { fetch } = window;
        window.fetch = async (url, options) => {
          if (!url.includes('/groups?')) {
            return fetch(url, options);
          }
          const response = await fetch(url);
          await new Promise(resolve => { window.release = resolve; });
          options.signal.throwIfAborted();
          return response;
        };
        """);
    group.sendKeys("a");
    browser.until(() -> browser.run("return window.release") != null, () -> "no search");
    option.click();
    browser.driver().executeAsyncScript("window.release(); setTimeout(arguments[0], 300)");
    assertEquals("Platform", Browser.valueOf(group));
    assertEquals("false", group.getDomAttribute("aria-expanded"), "the list is open");
  }

  private void beginChoice(String group) {
    browser.run("delete window.limits[arguments[0]]", group);
    browser
        .find(browser.driver(), "combobox", "Owning group")
        .sendKeys(Keys.chord(Keys.CONTROL, "a"), group);
    browser.click(By.xpath("//li[code='group:default/" + group + "']"));
    browser.until(
        () -> browser.run("return window.limits[arguments[0]]", group) != null,
        () -> "the limits of " + group + " are not requested");
  }

  @Test
  void expiryBeyondTheLimitIsShortenedWithAMessage() {
    openAs("alice", LIST + "?status=expired");
    create.open();
    setExpiry(500);
    chooseGroup("platform");
    String said = "Expiry shortened from 500 to 365 days, the limit of this group.";
    browser.awaitText(said);
    assertEquals(in(365), Browser.valueOf(browser.find(EXPIRY)));
    WebElement besideField =
        browser.find(By.xpath("//*[input[@type='date']]/following-sibling::*[@role='status']"));
    assertEquals(said, besideField.getText());
    WebElement besideGroup =
        browser.find(By.xpath("//*[contains(@class, 'combo')]/following-sibling::p"));
    assertTrue(besideGroup.getText().contains(said), besideGroup.getText());
    check("create-shortened");
  }

  @Test
  void endedSessionKeepsTheCreateDialog() {
    String name = TokenRequest.newName();
    String path = LIST + "?q=" + name; // few rows are faster to check
    openAs("alice", path);
    WebElement dialog = create.open();
    browser.type(browser.find(dialog, "textbox", "Name"), name);
    browser.find(By.cssSelector("dialog input[value='catalog:read']")).click();
    browser.type(browser.find(dialog, "textbox", "Description"), "Survives a session");
    chooseGroup("platform");
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.expectRefusal(403);
    signInElsewhere("bob");
    create.send();
    browser.awaitText("This browser is now signed in as user:default/bob: reload the page.");

    endSession();
    browser.find(dialog, "combobox", "Owning group").click();
    browser.awaitText("You are signed out");
    assertEquals(path, browser.address());
    assertEquals(name, Browser.valueOf(browser.find(dialog, "textbox", "Name")));
    WebElement link = browser.find(dialog, "link", "Sign in in another tab, then try again.");
    assertEquals("_blank", link.getDomAttribute("target"));
    check("create-signed-out");

    signInElsewhere("alice");
    create.send();
    SecretDialog.afterCreation(browser).copyAndClose();
    browser.row(name);
  }

  @Test
  void backgroundReadsNeverLeaveThePage() {
    IntStream.range(0, 51).forEach(i -> tokens.create());
    openAs("alice", LIST);
    browser.find("link", "Next");
    endSession();
    browser.click("link", "Next");
    browser.awaitText("You are signed out");
    assertEquals(LIST + "?offset=50", browser.address());
    assertTrue(
        String.valueOf(browser.find("link", "Sign in").getDomProperty("href"))
            .endsWith("/sign-in?to=admin%2Faccess-tokens%3Foffset%3D50"),
        "does not lead back here");
    browser.run("window.scrollTo(0, 0)");
    browser.assertAccessible("ended session, list");
    picture("list-signed-out");
    browser.click("link", "Sign in");
    browser.signIn("alice", "alice");
    browser.awaitAddress(LIST + "?offset=50");

    browser.open(LIST + "/audit");
    browser.find(By.cssSelector("details.event"));
    endSession();
    browser.type("combobox", "Token", "x");
    browser.awaitText("You are signed out");
    assertEquals(LIST + "/audit", browser.address());
  }

  @Test
  void leavingNeedsConfirmationIfInputWouldBeLost() {
    new PersonalTokens(api.as("alice")).create(); // an empty list has another button to create one
    TestToken made = tokens.create();
    String name = made.name();
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).ok();
    openAs("alice", LIST + "?q=" + name);
    WebElement dialog = create.open();
    assertEquals(true, browser.run(BEFORE_LEAVING), "asks, though there is nothing to lose");
    browser.find(By.cssSelector("dialog input[value='catalog:read']")).click();
    assertEquals(false, browser.run(BEFORE_LEAVING));
    assertInputIsKept(dialog, Keys.ESCAPE);
    assertTrue(
        browser.find(By.cssSelector("dialog input[value='catalog:read']")).isSelected(), "scope");
    browser.click(dialog, "button", "Cancel");
    browser.find(dialog, "alertdialog", "Discard your input?");
    check("create-discard");
    browser.click(dialog, "button", "Discard");
    browser.awaitNoDialog();
    assertEquals(true, browser.run(BEFORE_LEAVING), "asks after the dialog is closed");
    browser.until(
        () ->
            api.as("alice")
                    .get(ServiceTokens.path(made.id()) + "/usage")
                    .ok()
                    .getJsonObject("accepted")
                    .getInt("count")
                > 0,
        () -> "no use is shown");

    browser.click(() -> browser.row(name), "button", "Revoke");
    WebElement revoke = browser.dialog("Revoke token");
    browser.type(browser.find(revoke, "textbox", "Reason"), "A long reason");
    assertInputIsKept(revoke, Keys.ESCAPE);
    assertEquals("A long reason", Browser.valueOf(browser.find(revoke, "textbox", "Reason")));
    browser.click(revoke, "button", "Rotate it instead");
    browser.click(revoke, "button", "Keep editing");
    browser.click(revoke, "button", "Rotate it instead");
    browser.click(revoke, "button", "Discard");
    browser.dialog("Rotate " + name);
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();

    browser.open(PERSONAL);
    browser.click("button", "Create token");
    WebElement personal = browser.dialog("Create personal token");
    browser.find(By.cssSelector("dialog input[value='access-tokens:user:read']")).click();
    assertInputIsKept(personal, Keys.ESCAPE);
    browser.find(By.cssSelector("dialog input[value='access-tokens:user:read']")).click();
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
  }

  @Test
  void enterSendsNothingWhileTheQuestionIsShown() {
    openAs("dave", PERSONAL);
    browser.click(By.cssSelector("main .btn-primary:not([hidden])"));
    WebElement dialog = browser.dialog("Create personal token");
    WebElement name = browser.find(dialog, "textbox", "Name");
    browser.type(name, TokenRequest.newName());
    browser.run(
        """
        const { fetch } = window;
        window.sent = 0;
        window.fetch = (url, options) => {
          window.sent += options.method === 'POST' ? 1 : 0;
          return fetch(url, options);
        };
        """);
    browser.press(Keys.ESCAPE);
    browser.find(dialog, "alertdialog", "Discard your input?");
    name.sendKeys(Keys.ENTER);
    browser.click(dialog, "button", "Discard");
    browser.awaitNoDialog();
    assertEquals(0L, browser.run("return window.sent"));
  }

  /** The user of an input method ends or chooses a composition with these keys. */
  @Test
  void keysOfAnInputMethodNeitherChooseNorClose() {
    openAs("alice", LIST);
    WebElement dialog = create.open();
    WebElement group = browser.find(dialog, "combobox", "Owning group");
    group.sendKeys("plat");
    By option = By.xpath("//li[code='group:default/platform']");
    browser.until(() -> browser.find(option).isDisplayed(), () -> "no option");
    compose(group, "Enter");
    assertEquals("plat", Browser.valueOf(group));
    compose(group, "Escape");
    assertTrue(browser.find(option).isDisplayed(), "the options are hidden");
    assertEquals("plat", Browser.valueOf(group));
    browser.press(Keys.ESCAPE);
    compose(group, "Escape");
    assertFalse(browser.has("alertdialog", "Discard your input?"), browser::text);
  }

  private void compose(WebElement field, String key) {
    browser.run(
        """
        const [field, key] = arguments;
        const how = {isComposing: true, bubbles: true, cancelable: true};
        field.dispatchEvent(new KeyboardEvent('keydown', {key, ...how}));
        """,
        field,
        key);
  }

  private void assertInputIsKept(WebElement dialog, CharSequence key) {
    browser.press(key);
    browser.find(dialog, "alertdialog", "Discard your input?");
    browser.press(Keys.ESCAPE);
    browser.click(dialog, "button", "Keep editing");
    assertTrue(dialog.isDisplayed(), "the dialog is closed");
  }

  @Test
  void closingNeedsConfirmationUntilTheTokenIsCopied() {
    openAs("alice", LIST);
    create.create(TokenRequest.newName());
    WebElement once = browser.dialog("Token created");
    browser.click(once, "button", "Done");
    browser.find(once, "alertdialog", "Close this?");
    browser.click(once, "button", "Keep open");
    // A part of the token does not count as a copy.
    WebElement field = browser.find(once, "textbox", "Raw token");
    browser.run("arguments[0].setSelectionRange(0, 10)", field);
    field.sendKeys(Keys.chord(Keys.CONTROL, "c"));
    browser.click(once, "button", "Done");
    browser.click(once, "button", "Keep open");
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.chord(Keys.CONTROL, "c"));
    browser.awaitText("Copied.");
    browser.click(once, "button", "Done");
    browser.awaitNoDialog();
  }
}
