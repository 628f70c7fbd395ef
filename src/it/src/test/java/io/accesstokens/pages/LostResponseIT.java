package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.testing.client.MintFlowClient;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Cookie;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Tests changes whose response does not arrive, because the server hangs or the user cancels. */
class LostResponseIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final String PERSONAL = "/settings/personal-tokens";
  private static final String SESSION = "access-tokens-session";

  private final ServiceTokenDialog create = new ServiceTokenDialog(browser);

  /**
   * Shortens the page's timers to a tenth, except the timeouts of requests. These only end when
   * {@link #awaitAfterTimeout} is called, so that no text disappears before the test sees it.
   */
  private void hurry() {
    browser.run(
        """
        const { setTimeout, clearTimeout } = window;
        const requests = new Map();
        window.setTimeout = (run, delay, ...more) => {
          if (delay < 20000) {
            return setTimeout(run, delay / 10, ...more);
          }
          const id = setTimeout(() => {});
          requests.set(id, run);
          return id;
        };
        window.clearTimeout = id => {
          requests.delete(id);
          clearTimeout(id);
        };
        window.endRequests = () => {
          const late = [...requests.values()];
          requests.clear();
          late.forEach(run => run());
        };
        """);
  }

  /** Ends requests by their timeout, until the text is visible. */
  private void awaitAfterTimeout(String text) {
    browser.until(
        () -> {
          browser.run("window.endRequests()");
          return browser.text().contains(text);
        },
        () -> '"' + text + "\" is not in:\n" + browser.text());
  }

  private void multiplyTimeouts(double factor) {
    browser.run(
        "const [factor] = arguments; const real = window.setTimeout;"
            + "window.setTimeout = (run, delay, ...more) => real(run, delay * factor, ...more);",
        factor);
  }

  @AfterEach
  void resume() {
    application.resume();
  }

  private void awaitTimeout(String consequence) {
    browser.awaitText("The server has not responded yet.");
    awaitAfterTimeout("The server did not respond within 20 seconds.");
    browser.awaitText(consequence);
    awaitAfterTimeout("This could not be checked.");
  }

  /** Resumes the server, and repeats the check until the server has processed the request. */
  private void checkUntil(String text) {
    application.resume();
    browser.until(
        () -> {
          if (browser.text().contains(text)) {
            return true;
          }
          browser.all(browser.driver(), "button", "Check again").forEach(WebElement::click);
          return false;
        },
        () -> '"' + text + "\" is not in:\n" + browser.text());
  }

  /** Resumes the server, and repeats the request until the condition is true. */
  private void tryAgainUntil(BooleanSupplier condition) {
    application.resume();
    browser.until(
        () -> {
          browser.all(browser.driver(), "button", "Try again").forEach(WebElement::click);
          return condition.getAsBoolean();
        },
        browser::text);
  }

  @Test
  void creationWithALostResponseIsFoundByName() {
    String name = TokenRequest.newName();
    openAs("alice", LIST + "?q=" + name);
    create.open();
    create.fill(name);
    hurry();
    application.pause();
    create.send();
    awaitTimeout("The token may have been created. Its secret was not received.");
    browser.screenshot("create-unanswered");
    checkUntil("A token named “" + name + "” exists.");
    check("create-lost");
    assertEquals(name, Browser.valueOf(browser.find("textbox", "Name")));
    browser.find("link", "Open “" + name + "”");
    browser.row(name);
    // Sending the request again creates no second token, and reports the first one.
    browser.expectRefusal(409);
    create.send();
    browser.awaitText("A token named “" + name + "” exists.");
    assertEquals(
        1,
        tokens.all("q=" + name).stream()
            .filter(token -> token.getString("name").equals(name))
            .count());
  }

  /** Makes the next creation fail without a response of the server. */
  private void loseOneCreation() {
    browser.run(
        """
        const { fetch } = window;
        window.fetch = async (url, options) => {
          if (options.method !== 'POST') {
            return fetch(url, options);
          }
          window.fetch = fetch;
          return new Response('{}', { status: 502 });
        };
        """);
  }

  @Test
  void tokenOfAnotherGroupIsNotTakenForTheCreatedOne() {
    String name = TokenRequest.newName();
    tokens.create(TokenRequest.good().named(name).of("payments"));
    openAs("alice", LIST + "?q=" + name);
    create.open();
    create.fill(name);
    loseOneCreation();
    create.send();
    browser.awaitText("There is no valid token named “" + name + "” so far.");
  }

  @Test
  void olderTokenIsNotTakenForTheCreatedOne() {
    String name = TokenRequest.newName();
    tokens.create(TokenRequest.good().named(name));
    openAs("alice", LIST + "?q=" + name);
    create.open();
    create.fill(name);
    loseOneCreation();
    browser.run("const { now } = Date; Date.now = () => now() + 60 * 60 * 1000;");
    create.send();
    browser.awaitText("A token named “" + name + "” existed before.");
    assertFalse(browser.has("link", "Open “" + name + "”"), browser::text);
  }

  @Test
  void takenNameIsReportedAfterALostResponseForAnotherName() {
    String name = TokenRequest.newName();
    String taken = tokens.create().name();
    openAs("alice", LIST + "?q=" + name);
    WebElement dialog = create.open();
    create.fill(name);
    loseOneCreation();
    create.send();
    browser.awaitText("There is no valid token named “" + name + "” so far.");
    browser.type(browser.find(dialog, "textbox", "Name"), taken);
    browser.expectRefusal(409);
    create.send();
    browser.awaitText("The group already has a token of this name.");
    assertFalse(browser.has("link", "Open “" + taken + "”"), browser::text);
  }

  @Test
  void cancelWarnsOnceAndThenStopsWaiting() {
    String name = TokenRequest.newName();
    openAs("alice", LIST + "?q=" + name);
    create.open();
    create.fill(name);
    multiplyTimeouts(20); // the checks below can take longer than the page waits
    application.pause();
    create.send();
    WebElement dialog = browser.dialog("Create service token");
    browser.press(Keys.ESCAPE);
    browser.awaitText("If you stop waiting: The token may have been created.");
    check("create-waiting");
    browser.click(dialog, "button", "Stop waiting");
    browser.awaitText("You stopped waiting for the response.");
    browser.awaitText("The token may have been created. Its secret was not received.");
    browser.find(dialog, "button", "Cancel");
    checkUntil("exists.");
  }

  @Test
  void personalTokenWithALostResponseIsFoundByName() {
    openAs("dave", PERSONAL);
    String name = TokenRequest.newName();
    browser.click(By.cssSelector("main .btn-primary:not([hidden])"));
    WebElement dialog = browser.dialog("Create personal token");
    browser.type(browser.find(dialog, "textbox", "Name"), name);
    hurry();
    application.pause();
    browser.click(dialog, "button", "Create token");
    awaitTimeout("The token may have been created.");
    // The request had the former name.
    browser.type(browser.find(dialog, "textbox", "Name"), TokenRequest.newName());
    checkUntil("A token named “" + name + "” exists.");
  }

  @Test
  void revocationWithALostResponseIsFound() {
    String name = tokens.create().name();
    openAs("alice", LIST + "?q=" + name);
    browser.click(() -> browser.row(name), "button", "Revoke");
    WebElement dialog = browser.dialog("Revoke token");
    browser.type(browser.find(dialog, "textbox", "Reason"), "The answer is lost");
    hurry();
    application.pause();
    browser.click(dialog, "button", "Revoke");
    awaitTimeout("The revocation may have been carried out.");
    check("revoke-unanswered");
    checkUntil("The token " + name + " is revoked.");
    browser.awaitNoDialog();
    browser.until(() -> browser.row(name).getText().contains("Revoked"), () -> browser.text());
  }

  @Test
  void bulkRevocationWithALostResponseIsFound() {
    List<TestToken> made = List.of(tokens.create(), tokens.create());
    openAs("alice", LIST);
    for (TestToken one : made) {
      browser.click(() -> browser.row(one.name()), "checkbox", "Select " + one.name());
    }
    browser.click("button", "Revoke 2 tokens");
    WebElement dialog = browser.dialog("Revoke 2 tokens");
    browser.type(browser.find(dialog, "textbox", "Reason"), "The answer is lost");
    hurry();
    application.pause();
    browser.click(dialog, "button", "Revoke 2 tokens");
    awaitTimeout("The revocation may have been carried out.");
    checkUntil("2 tokens are revoked.");
    browser.awaitNoDialog();
  }

  @Test
  void changeWithALostResponseIsSentAgain() {
    TestToken made = tokens.create();
    openAs("alice", LIST + '/' + made.id());
    browser.click("button", "Edit");
    WebElement dialog = browser.dialog("Edit " + made.name());
    browser.find(By.cssSelector("dialog input[value='catalog:read']"));
    browser.type(browser.find(dialog, "textbox", "Description"), "Sent twice");
    hurry();
    application.pause();
    browser.click(dialog, "button", "Save changes");
    awaitAfterTimeout("The token may have been changed. Trying again is safe");
    tryAgainUntil(() -> browser.driver().findElements(By.tagName("dialog")).isEmpty());
    assertEquals("Sent twice", tokens.get(made.id()).getString("description"));
  }

  @Test
  void rotationWithALostResponseIsRepeatedWithoutAFurtherRotation() {
    TestToken made = tokens.create();
    String name = made.name();
    openAs("alice", LIST + '/' + made.id());
    browser.click("button", "Rotate");
    WebElement dialog = browser.dialog("Rotate " + name);
    hurry();
    application.pause();
    browser.click(dialog, "button", "Rotate token");
    awaitAfterTimeout("The server did not respond within 20 seconds.");
    browser.awaitText("The token may have been rotated. Trying again is safe");
    assertFalse(
        browser.find(dialog, "radio", "1 hour One caller").isEnabled(), "the choice can change");
    check("rotate-lost");
    browser.press(Keys.ESCAPE);
    browser.click(
        browser.find(dialog, "alertdialog", "Close without the new secret?"),
        "button",
        "Keep open");
    tryAgainUntil(() -> browser.has("dialog", "New secret for " + name));
    String newSecret = SecretDialog.afterRotation(browser, name).copyAndClose();
    api.bearer(newSecret).get(ServiceTokens.WHOAMI).ok();
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).ok();
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

  /** Returns 200 until a decision is processed, and then 404. */
  private int statusOfConsent() {
    String flow = MintFlowClient.parameter(browser.driver().getCurrentUrl(), "flow");
    Cookie session =
        Objects.requireNonNull(browser.driver().manage().getCookieNamed(SESSION), SESSION);
    return api.call("GET", MintFlowClient.CONSENT + flow)
        .header("Cookie", SESSION + '=' + session.getValue())
        .header("X-Requested-With", "XMLHttpRequest")
        .send()
        .status();
  }

  @Test
  void consentTimeoutReportsThatNoTokenExists() {
    openAs("dave", PERSONAL);
    String name = TokenRequest.newName();
    ConsentPage.open(browser, name);
    browser.find("button", "Allow");
    assertEquals(200, statusOfConsent());
    hurry();
    application.pause();
    browser.click("button", "Allow");
    browser.awaitText("The server has not responded yet.");
    awaitAfterTimeout("The token does not exist yet");
    check("consent-unanswered");
    application.resume();
    Awaitility.await("the server has processed the decision").until(() -> statusOfConsent() == 404);
    assertFalse(
        new PersonalTokens(api.as("dave")).list("limit=500").toString().contains(name),
        "a token was created");
    assertEquals(1, browser.driver().findElements(By.cssSelector("h1")).size());
  }

  @Test
  void hangingReadIsReported() {
    openAs("alice", LIST);
    browser.find(By.cssSelector("tbody tr"));
    hurry();
    application.pause();
    browser.click("link", "Name");
    awaitAfterTimeout("The list could not be updated");
    browser.awaitText("The server did not respond within 20 seconds.");
    application.resume();
    browser.click("button", "Try again");
    browser.until(() -> !browser.text().contains("could not be updated"), () -> browser.text());
  }
}
