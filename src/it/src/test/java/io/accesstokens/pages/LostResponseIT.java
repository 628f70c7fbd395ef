package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Tests changes whose response does not arrive, because the server hangs or the user cancels. */
class LostResponseIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final String PERSONAL = "/settings/personal-tokens";

  private final ServiceTokenDialog create = new ServiceTokenDialog(browser);

  /** Shortens the page's timeouts to a tenth. */
  private void hurry() {
    browser.run(
        "const real = window.setTimeout;"
            + "window.setTimeout = (run, delay, ...more) => real(run, delay / 10, ...more);");
  }

  @AfterEach
  void resume() {
    application.resume();
  }

  private void awaitTimeout(String consequence) {
    browser.awaitText("The server has not answered yet.");
    browser.awaitText("The server did not answer within 20 seconds.");
    browser.awaitText(consequence);
    browser.awaitText("This could not be checked.");
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

  @Test
  void cancelWarnsOnceAndThenStopsWaiting() {
    String name = TokenRequest.newName();
    openAs("alice", LIST + "?q=" + name);
    create.open();
    create.fill(name);
    application.pause();
    create.send();
    WebElement dialog = browser.dialog("Create service token");
    browser.press(Keys.ESCAPE);
    browser.awaitText("If you stop waiting: The token may have been created.");
    check("create-waiting");
    browser.click(dialog, "button", "Stop waiting");
    browser.awaitText("You stopped waiting for the answer.");
    browser.awaitText("The token may have been created. Its secret was not received.");
    browser.find(dialog, "button", "Cancel");
    checkUntil("exists.");
  }

  @Test
  void personalTokenWithALostResponseIsFoundByName() {
    openAs("dave", PERSONAL);
    String name = TokenRequest.newName();
    browser.click("button", "Create token");
    WebElement dialog = browser.dialog("Create personal token");
    browser.type(browser.find(dialog, "textbox", "Name"), name);
    hurry();
    application.pause();
    browser.click(dialog, "button", "Create token");
    awaitTimeout("The token may have been created.");
    checkUntil("A token named “" + name + "” exists.");
  }

  @Test
  void revocationWithALostResponseIsFound() {
    String name = tokens.create().name();
    openAs("alice", LIST + "?q=" + name);
    browser.click(browser.row(name), "button", "Revoke");
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
      browser.find(browser.row(one.name()), "checkbox", "Select " + one.name()).click();
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
  void consentTimeoutReportsThatNoTokenExists() {
    openAs("dave", PERSONAL);
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
                  body: JSON.stringify({name, scopes: []}),
                }).then(it => it.json()).then(it => done(it.authorizeUrl), e => done(String(e)));
                """,
                name);
    browser.driver().get(String.valueOf(url));
    browser.find("button", "Allow");
    hurry();
    application.pause();
    browser.click("button", "Allow");
    browser.awaitText("The server has not answered yet.");
    browser.awaitText("No token exists yet");
    check("consent-unanswered");
    application.resume();
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
    browser.awaitText("The list could not be updated");
    browser.awaitText("The server did not answer within 20 seconds.");
    application.resume();
    browser.click("button", "Try again");
    browser.until(() -> !browser.text().contains("could not be updated"), () -> browser.text());
  }
}
