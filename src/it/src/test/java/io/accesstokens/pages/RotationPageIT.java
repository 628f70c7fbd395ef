package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * Tests the rotation of service tokens in the pages: both secrets are used, and the old one is
 * ended.
 */
class RotationPageIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final String END = "End the old secret now";

  private final TestToken made = tokens.create(TokenRequest.good().with("expiresInDays", "20"));
  private final String name = made.name();
  private final String page = LIST + '/' + made.id();

  @AfterEach
  void resume() {
    application.resume();
  }

  @Test
  void bothSecretsWorkUntilTheOldOneIsEnded() {
    openAs("alice", LIST + "?q=" + name);
    browser.click(browser.row(name), "button", "Rotate");
    WebElement dialog = rotateDialog();
    browser.find(dialog, "radio", "7 days Many callers").click();
    browser.awaitText("Both secrets work.");
    browser.click(dialog, "button", "Rotate token");
    String newSecret = copyNewSecret();
    nothingIsLeftOf(newSecret);
    browser.until(
        () -> browser.row(name).getText().contains("Rotating"), () -> browser.row(name).getText());

    use(newSecret);
    use(made.rawToken());
    use(made.rawToken());
    awaitOldUses(2);
    browser.click(browser.row(name), "link", "Rotating");
    browser.find("heading", "Secrets");
    browser.awaitText("Used 2 times since midnight UTC");
    browser.awaitText(made.rawToken().substring(0, 12));
    browser.awaitText(newSecret.substring(0, 12));
    check("secrets");

    browser.click("button", END);
    WebElement end = browser.dialog("End the old secret of " + name);
    String shown = end.getText();
    assertTrue(shown.contains("Used 2 times since midnight UTC"), shown);
    assertTrue(shown.contains("from 127.0.0.1"), shown);
    check("end-old-secret");
    browser.type(browser.find(end, "textbox", "Reason"), "All callers are updated");
    browser.click(end, "button", END);
    browser.awaitText("has ended.");
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    use(newSecret);
    browser.until(() -> !browser.has("heading", "Secrets"), browser::text);
    browser.awaitText("All callers are updated");
    check("old-secret-ended");

    browser.until(
        () -> usage().getJsonObject("refused").getInt("endedSecret") == 1,
        () -> "the refused use is not counted: " + usage());
    browser.open(page);
    browser.awaitText("Ended secret used");
    WebElement refused = browser.find("table", "Refused uses by reason");
    assertTrue(refused.getText().contains("With an ended secret 1"), refused.getText());
  }

  @Test
  void rotationAndEndWorkByKeyboard() {
    openAs("alice", page);
    browser.tabTo("button", "Rotate").sendKeys(Keys.ENTER);
    rotateDialog();
    browser.press(Keys.ARROW_LEFT);
    assertEquals("1 hour One caller", focusedName());
    browser
        .tabTo("checkbox", "End it sooner, at the first use of the new secret")
        .sendKeys(Keys.SPACE);
    browser.tabTo("button", "7 days").sendKeys(Keys.SPACE);
    browser.tabTo("button", "Rotate token").sendKeys(Keys.ENTER);
    browser.dialog("New secret for " + name);
    browser.tabTo("button", "Copy").sendKeys(Keys.ENTER);
    browser.awaitText("Copied.");
    browser.tabTo("button", "Done").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.until(() -> focusedName().equals(name), () -> "the focus is at " + focusedName());
    JsonObject previous = tokens.get(made.id()).getJsonObject("previousSecret");
    assertEquals(made.token().getString("tokenPrefix"), previous.getString("tokenPrefix"));

    browser.find("heading", "Secrets");
    browser.tabTo("button", END).sendKeys(Keys.ENTER);
    browser.dialog("End the old secret of " + name);
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
    assertEquals(END, focusedName());
    browser.press(Keys.ENTER);
    browser.dialog("End the old secret of " + name);
    browser.tabTo("button", END).sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.until(() -> focusedName().equals(name), () -> "the focus is at " + focusedName());
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
  }

  @Test
  void firstUseOfTheNewSecretEndsTheOldOne() {
    openAs("alice", page);
    browser.click("button", "Rotate");
    WebElement dialog = rotateDialog();
    browser.find(dialog, "checkbox", "End it sooner, at the first use of the new secret").click();
    browser.awaitText("at the first use of the new secret. Later uses get 401");
    browser.click(dialog, "button", "Rotate token");
    String newSecret = copyNewSecret();
    use(made.rawToken());
    use(newSecret);
    browser.until(
        () -> tokens.get(made.id()).get("previousSecret") == JsonValue.NULL,
        () -> "the old secret has not ended");
    browser.open(page);
    browser.awaitText("ended by the first use of the new secret");
  }

  @Test
  void oldSecretEndsAtOnceWithoutGrace() {
    openAs("alice", page);
    browser.click("button", "Rotate");
    WebElement dialog = rotateDialog();
    browser.find(dialog, "radio", "Ends now It leaked").click();
    browser.awaitText("The old secret ends on every replica. Callers that still use it get 401.");
    browser.click(dialog, "button", "Rotate token");
    browser.dialog("New secret for " + name);
    browser.awaitText("has ended. Callers that still use it get 401.");
    String newSecret = copyNewSecret();
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    use(newSecret);
  }

  @Test
  void lostResponseIsRepeatedWithoutAFurtherRotation() {
    openAs("alice", page);
    browser.click("button", "Rotate");
    WebElement dialog = rotateDialog();
    browser.run(
        "const real = window.setTimeout;"
            + "window.setTimeout = (run, delay, ...more) => real(run, delay / 10, ...more);");
    application.pause();
    browser.click(dialog, "button", "Rotate token");
    browser.awaitText("The server did not answer within 20 seconds.");
    browser.awaitText("The token may have been rotated. Trying again is safe");
    assertFalse(
        browser.find(dialog, "radio", "1 hour One caller").isEnabled(), "the choice can change");
    check("rotate-lost");
    browser.press(Keys.ESCAPE);
    browser.click(
        browser.find(dialog, "alertdialog", "Close without the new secret?"),
        "button",
        "Keep open");
    application.resume();
    browser.until(
        () -> {
          browser.all(browser.driver(), "button", "Try again").forEach(WebElement::click);
          return browser.has("dialog", "New secret for " + name);
        },
        browser::text);
    String newSecret = copyNewSecret();
    use(newSecret);
    use(made.rawToken());
    List<JsonObject> rotations =
        tokens.events(made.id()).stream()
            .filter(event -> event.getString("event").equals("rotated"))
            .toList();
    assertEquals(
        1,
        rotations.stream()
            .filter(event -> !event.getJsonObject("metadata").containsKey("retry"))
            .count(),
        () -> "rotations: " + rotations);
  }

  @Test
  void furtherRotationWarnsOfTheOlderSecret() {
    openAs("alice", page);
    browser.click("button", "Rotate");
    browser.click(rotateDialog(), "button", "Rotate token");
    String second = copyNewSecret();
    browser.find("heading", "Secrets");
    browser.click("button", "Rotate");
    WebElement dialog = rotateDialog();
    browser.awaitText("The older secret " + made.rawToken().substring(0, 12) + " ends at once");
    check("rotate-again");
    browser.click(dialog, "button", "Rotate token");
    String third = copyNewSecret();
    assertNotEquals(second, third);
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    use(second);
    use(third);
  }

  @Test
  void errorIsShownBesideItsField() {
    openAs("alice", LIST + "/overview");
    browser.click(browser.row(name), "button", "Rotate");
    WebElement dialog = rotateDialog();
    check("rotate");
    browser.find(dialog, "radio", "Other You choose").click();
    WebElement amount = browser.find(dialog, "textbox", "Number of days or hours");
    browser.type(amount, "x");
    browser.click(dialog, "button", "Rotate token");
    browser.awaitText("Enter a whole number of days or hours, at least 1.");
    browser.type(amount, "31");
    browser.expectRefusal(422);
    browser.click(dialog, "button", "Rotate token");
    browser.awaitText("At most 30 days.");
    assertEquals(browser.driver().switchTo().activeElement(), amount);
    check("rotate-wrong");
    browser.type(amount, "3");
    browser.click(dialog, "button", "Rotate token");
    browser.dialog("New secret for " + name);
    check("rotated");
    browser.press(Keys.ESCAPE);
    browser.awaitText("You would have to rotate the token again.");
    browser.click("button", "Close");
    browser.awaitNoDialog();
    use(made.rawToken());
  }

  @Test
  void tokenThatEndedMeanwhileIsNotRotated() {
    openAs("alice", page);
    browser.click("button", "Rotate");
    WebElement dialog = rotateDialog();
    tokens.revoke(made.id());
    browser.expectRefusal(409);
    browser.click(dialog, "button", "Rotate token");
    browser.until(() -> !browser.has("button", "Rotate token"), browser::text);
    browser.click(dialog, "button", "Close");
    browser.awaitNoDialog();
    browser.awaitText("Revoked");
  }

  @Test
  void auditorCanNeitherRotateNorEnd() {
    rotateByApi("{}");
    openAs("bob", page);
    browser.find("heading", "Secrets");
    assertFalse(browser.has("button", "Rotate"), "bob can rotate");
    assertFalse(browser.has("button", "Edit"), "bob can edit");
    assertFalse(browser.has("button", END), "bob can end the old secret");
  }

  @Test
  void overviewShowsOldSecretsAndTheUseOfEndedOnes() {
    rotateByApi("{\"gracePeriodSeconds\": 600}");
    use(made.rawToken());
    awaitOldUses(1);
    openAs("alice", LIST + "/overview");
    WebElement rotating = browser.find("region", "Old secret still valid");
    WebElement row = rowOf(rotating);
    assertTrue(row.getText().contains("Once"), row.getText());
    api.as("alice").delete(ServiceTokens.path(made.id()) + "/previous-secret", "{}").expect(204);
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    browser.until(
        () ->
            tokens.events(made.id()).stream()
                .anyMatch(event -> event.getString("event").equals("ended-secret-used")),
        () -> "no event: " + tokens.events(made.id()));
    browser.open(LIST + "/overview");
    WebElement ended = browser.find("region", "Ended secrets still in use");
    assertTrue(rowOf(ended).getText().contains("from 127.0.0.1"), ended.getText());
    check("overview-rotations");
    ended.findElement(By.cssSelector(".bar a")).click();
    browser.row(name);
    browser.awaitText(made.rawToken().substring(0, 12) + " was used from 127.0.0.1, and refused.");
    check("audit-rotations");
  }

  private WebElement rowOf(WebElement panel) {
    return panel.findElements(By.cssSelector("tbody tr")).stream()
        .filter(row -> row.getText().contains(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row of " + name + " in " + panel.getText()));
  }

  private void rotateByApi(String request) {
    api.as("alice").post(ServiceTokens.path(made.id()) + "/rotate", request).expect(200);
  }

  private WebElement rotateDialog() {
    return browser.dialog("Rotate " + name);
  }

  private String copyNewSecret() {
    WebElement once = browser.dialog("New secret for " + name);
    String secret = Browser.valueOf(browser.find(once, "textbox", "New secret"));
    browser.click(once, "button", "Copy");
    browser.awaitText("Copied.");
    browser.click(once, "button", "Done");
    browser.awaitNoDialog();
    return secret;
  }

  private void use(String secret) {
    api.bearer(secret).get(ServiceTokens.WHOAMI).ok();
  }

  private void awaitOldUses(int count) {
    browser.until(
        () -> tokens.get(made.id()).getJsonObject("previousSecret").getInt("usesToday") == count,
        () -> "the uses are not counted: " + tokens.get(made.id()));
  }

  private JsonObject usage() {
    return api.as("alice").get(ServiceTokens.path(made.id()) + "/usage").ok();
  }

  private String focusedName() {
    return Browser.nameOf(browser.driver().switchTo().activeElement());
  }

  private void nothingIsLeftOf(String rawToken) {
    Object left =
        browser.run(
            """
            return [document.documentElement.outerHTML,
              ...[...document.querySelectorAll('input, textarea')].map(it => it.value),
              location.href, document.cookie, JSON.stringify(history.state), window.name,
              JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join('\\n');
            """);
    assertFalse(String.valueOf(left).contains(rawToken.substring(12)), "the page keeps the secret");
    assertTrue(browser.driver().findElements(By.tagName("dialog")).isEmpty(), "a dialog is open");
  }
}
