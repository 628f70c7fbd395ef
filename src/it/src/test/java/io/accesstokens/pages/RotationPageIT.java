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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

  @Test
  void bothSecretsWorkUntilTheOldOneIsEnded() {
    openAs("alice", LIST + "?q=" + name);
    browser.choose(name, "Rotate…");
    WebElement dialog = rotateDialog();
    browser.find(dialog, "radio", "7 days Many callers").click();
    browser.awaitText("Both secrets work.");
    WebElement line = browser.find(By.cssSelector("dialog .timeline svg"));
    String drawn = line.getDomAttribute("aria-label");
    assertTrue(String.valueOf(drawn).contains("The old secret is valid until "), drawn);
    browser.click(dialog, "button", "Rotate token");
    SecretDialog shown = newSecret();
    String newSecret = shown.copyAndClose();
    shown.assertForgotten();
    browser.until(
        () -> browser.row(name).getText().contains("Rotating"), () -> browser.row(name).getText());

    use(newSecret);
    use(made.rawToken());
    use(made.rawToken());
    awaitOldUses(2);
    browser.click(() -> browser.row(name), "link", "Rotating, 7 days left");
    browser.find("heading", "Secrets");
    browser.awaitText("Used 2 times today");
    browser.awaitText(made.rawToken().substring(0, 12));
    browser.awaitText(newSecret.substring(0, 12));
    check("secrets");

    browser.click("button", END);
    WebElement end = browser.dialog("End the old secret of " + name);
    String question = end.getText();
    assertTrue(question.contains("Used 2 times today"), question);
    assertTrue(question.contains("from 127.0.0.1"), question);
    check("end-old-secret");
    browser.type(browser.find(end, "textbox", "Reason"), "All callers are updated");
    browser.click(end, "button", END);
    browser.awaitText("has ended.");
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    use(newSecret);
    browser.until(() -> !browser.has("heading", "Secrets"), browser::text);
    browser.awaitText("All callers are updated");
    browser.awaitText("(before: "); // the expiry in the event of the rotation
    check("old-secret-ended");

    browser.until(
        () -> usage().getJsonObject("refused").getInt("endedSecret") == 1,
        () -> "the refused use is not counted: " + usage());
    browser.open(page);
    browser.awaitText("Ended secret used");
    String refused =
        browser.find(By.cssSelector("ul[aria-label='Refused uses by reason'] > li")).getText();
    assertTrue(refused.startsWith("With an ended secret"), refused);
    assertTrue(refused.endsWith("1 refused"), refused);
  }

  @Test
  void rotationAndEndWorkByKeyboard() {
    openAs("alice", page);
    browser.tabTo("button", "Rotate").sendKeys(Keys.ENTER);
    rotateDialog();
    browser.press(Keys.ARROW_LEFT);
    browser.awaitFocus("1 hour One caller");
    browser
        .tabTo("checkbox", "End it sooner, at the first use of the new secret")
        .sendKeys(Keys.SPACE);
    browser.tabTo("button", "7 days").sendKeys(Keys.SPACE);
    browser.tabTo("button", "Rotate token").sendKeys(Keys.ENTER);
    newSecret();
    browser.tabTo("button", "Copy").sendKeys(Keys.ENTER);
    browser.awaitText("Copied.");
    browser.tabTo("button", "Done").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.awaitFocus(name);
    JsonObject previous = tokens.get(made.id()).getJsonObject("previousSecret");
    assertEquals(made.token().getString("tokenPrefix"), previous.getString("tokenPrefix"));

    browser.find("heading", "Secrets");
    browser.tabTo("button", END).sendKeys(Keys.ENTER);
    browser.dialog("End the old secret of " + name);
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
    browser.awaitFocus(END);
    browser.press(Keys.ENTER);
    browser.dialog("End the old secret of " + name);
    browser.tabTo("button", END).sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.awaitFocus(name);
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
  }

  @Test
  void firstUseOfTheNewSecretEndsTheOldOne() {
    openAs("alice", page);
    WebElement dialog = clickRotate();
    browser.find(dialog, "checkbox", "End it sooner, at the first use of the new secret").click();
    browser.awaitText("at the first use of the new secret. Later uses get 401");
    browser.click(dialog, "button", "Rotate token");
    String newSecret = newSecret().copyAndClose();
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
    WebElement dialog = clickRotate();
    browser.find(dialog, "radio", "Ends now It leaked").click();
    browser.awaitText("The old secret ends on every replica. Callers that still use it get 401.");
    browser.click(dialog, "button", "Rotate token");
    SecretDialog shown = newSecret();
    browser.awaitText("has ended. Callers that still use it get 401.");
    String newSecret = shown.copyAndClose();
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    use(newSecret);
  }

  @Test
  void furtherRotationWarnsOfTheOlderSecret() {
    openAs("alice", page);
    browser.click(clickRotate(), "button", "Rotate token");
    String second = newSecret().copyAndClose();
    browser.find("heading", "Secrets");
    WebElement dialog = clickRotate();
    browser.awaitText("The older secret " + made.rawToken().substring(0, 12) + " ends at once");
    check("rotate-again");
    browser.click(dialog, "button", "Rotate token");
    String third = newSecret().copyAndClose();
    assertNotEquals(second, third);
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    use(second);
    use(third);
  }

  @Test
  void lifetimeIsKeptUnlessTheUserChoosesAnExpiry() {
    Instant end = Instant.now().plus(3, ChronoUnit.DAYS);
    tokens.update(made.id(), "{\"expiresAt\": \"" + end + "\"}");
    openAs("alice", page);
    WebElement dialog = clickRotate();
    assertPressed(browser.find(dialog, "button", "20 days, as before"));
    browser.awaitText("20 days from now.");
    browser.click(dialog, "button", "Rotate token");
    newSecret().copyAndClose();
    assertLifetime(Duration.ofDays(20), made);

    dialog = clickRotate();
    browser.click(dialog, "button", "7 days");
    browser.awaitText("7 days from now.");
    browser.click(dialog, "button", "20 days, as before");
    browser.click(dialog, "button", "Rotate token");
    newSecret().copyAndClose();
    assertLifetime(Duration.ofDays(20), made);

    dialog = clickRotate();
    browser.click(dialog, "button", "7 days");
    browser.click(dialog, "button", "Rotate token");
    newSecret().copyAndClose();
    assertLifetime(Duration.ofDays(7), made);
  }

  @Test
  void lifetimeBelowADayIsKept() {
    Instant end = Instant.now().plus(6, ChronoUnit.HOURS);
    TestToken hours = tokens.create(TokenRequest.good().withText("expiresAt", end.toString()));
    Duration lifetime = Duration.ofSeconds(hours.token().getInt("lifetimeSeconds"));
    openAs("alice", LIST + '/' + hours.id());
    browser.click("button", "Rotate");
    WebElement dialog = browser.dialog("Rotate " + hours.name());
    assertPressed(browser.find(dialog, "button", "6 hours, as before"));
    browser.awaitText("6 hours from now.");
    check("rotate-hours");
    browser.click(dialog, "button", "Rotate token");
    SecretDialog.afterRotation(browser, hours.name()).copyAndClose();
    assertLifetime(lifetime, hours);
  }

  private static void assertPressed(WebElement choice) {
    assertEquals("true", choice.getDomAttribute("aria-pressed"));
  }

  /** Asserts the stored lifetime of a token, and the expiry that it gave the token. */
  private void assertLifetime(Duration expected, TestToken token) {
    JsonObject now = tokens.get(token.id());
    assertEquals(expected.toSeconds(), now.getInt("lifetimeSeconds"));
    Instant created = Instant.parse(now.getString("secretCreatedAt"));
    Duration left = Duration.between(created, Instant.parse(now.getString("expiresAt")));
    assertEquals(expected.toSeconds(), left.toSeconds());
  }

  @Test
  void errorIsShownBesideItsField() {
    openAs("alice", page);
    WebElement dialog = clickRotate();
    check("rotate");
    browser.click(dialog, "button", "Other time");
    WebElement amount = browser.find(dialog, "textbox", "Number of days or hours");
    browser.type(amount, "x");
    browser.click(dialog, "button", "Rotate token");
    browser.awaitText("Enter a whole number of days or hours, at least 1.");
    browser.awaitText("Fix 1 field to continue: How long does the old secret stay valid?");
    assertTrue(browser.text().contains("Both secrets work."), browser::text);
    browser.type(amount, "31");
    browser.until(() -> !browser.text().contains("to continue:"), browser::text);
    browser.expectRefusal(422);
    browser.click(dialog, "button", "Rotate token");
    browser.awaitText("At most 30 days.");
    browser.awaitFocus("Number of days or hours");
    check("rotate-wrong");
    browser.type(amount, "3");
    browser.click(dialog, "button", "Rotate token");
    newSecret();
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
    WebElement dialog = clickRotate();
    tokens.revoke(made.id());
    browser.expectRefusal(409);
    browser.click(dialog, "button", "Rotate token");
    browser.until(() -> !browser.has("button", "Rotate token"), browser::text);
    browser.click(dialog, "button", "Close");
    browser.awaitNoDialog();
    browser.awaitText("Revoked");
  }

  /** Another rotation must not end the secret that is in use since the page was loaded. */
  @Test
  void dialogsChangeOnlyTheSecretsThatTheyShow() {
    rotateByApi("{}");
    openAs("alice", page);
    WebElement rotate = clickRotate();
    String second = rotateByApi("{}");
    browser.expectRefusal(409);
    browser.click(rotate, "button", "Rotate token");
    browser.awaitText("The current secret is not the one that the request expects");
    browser.until(() -> !browser.has("button", "Rotate token"), browser::text);
    use(second);
    browser.click(rotate, "button", "Close");
    browser.awaitNoDialog();
    browser.awaitText(second.substring(0, 12));

    browser.click("button", END);
    WebElement end = browser.dialog("End the old secret of " + name);
    rotateByApi("{}");
    browser.expectRefusal(409);
    browser.click(end, "button", END);
    browser.awaitText("Another secret is the old one now; it stays valid.");
    browser.until(() -> !end.getText().contains(END), end::getText);
    use(second);
    browser.click(end, "button", "Close");
    browser.awaitNoDialog();

    browser.open(page);
    rotateByApi("{}");
    browser.click("button", END);
    browser.dialog("End the old secret of " + name);
    browser.awaitText("The secret " + second.substring(0, 12) + " has ended");
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
    String second = rotateByApi("{\"gracePeriodSeconds\": 600}");
    use(made.rawToken());
    awaitOldUses(1);
    openAs("alice", LIST + "/overview");
    WebElement rotating = browser.find("region", "Old secret still accepted");
    WebElement row = browser.rowWith(rotating, name);
    assertTrue(row.getText().contains("Once"), row.getText());
    api.as("alice").delete(ServiceTokens.path(made.id()) + "/previous-secret", "{}").expect(204);
    rotateByApi("{\"gracePeriodSeconds\": 0}");
    api.bearer(second).get(ServiceTokens.WHOAMI).problem(401);
    // The page shows only the tokens with the most refused uses, and those that expire first.
    for (int i = 0; i < 5; i++) {
      api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    }
    tokens.update(
        made.id(), "{\"expiresAt\": \"" + Instant.now().plus(1, ChronoUnit.HOURS) + "\"}");
    browser.until(
        () ->
            tokens.events(made.id()).stream()
                    .filter(event -> event.getString("event").equals("ended-secret-used"))
                    .count()
                == 2,
        () -> "no event: " + tokens.events(made.id()));
    browser.until(
        () -> usage().getJsonObject("refused").getInt("count") == 6, () -> usage().toString());
    browser.open(LIST + "/overview");
    WebElement ended = browser.find("region", "Ended secrets still tried");
    String callers = item(ended).getText();
    assertTrue(callers.contains("127.0.0.1"), callers);
    assertEquals(callers.indexOf("127.0.0.1"), callers.lastIndexOf("127.0.0.1"), callers);
    check("overview-rotations");
    browser.click(item(browser.find("region", "Next to expire")), "button", "Rotate");
    browser.click(rotateDialog(), "button", "Cancel");
    browser.awaitNoDialog();
    browser.open(LIST + "/audit?event=ended-secret-used");
    browser.awaitText(made.rawToken().substring(0, 12) + " was used from 127.0.0.1, and refused.");
    check("audit-rotations");
    browser.open(page);
    browser.awaitText("6 times today, last refused");
  }

  private WebElement item(WebElement region) {
    return region.findElement(By.xpath(".//li[.//a='" + name + "']"));
  }

  /** Rotates the token, and returns its new raw token. */
  private String rotateByApi(String request) {
    return tokens.rotate(made.id(), request).rawToken();
  }

  /** Opens the dialog on the page of the token. */
  private WebElement clickRotate() {
    browser.click("button", "Rotate");
    return rotateDialog();
  }

  private WebElement rotateDialog() {
    return browser.dialog("Rotate " + name);
  }

  private SecretDialog newSecret() {
    return SecretDialog.afterRotation(browser, name);
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
}
