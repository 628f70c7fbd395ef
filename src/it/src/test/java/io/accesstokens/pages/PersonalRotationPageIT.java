package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.MintFlowClient;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests the rotation of personal tokens in the pages. */
class PersonalRotationPageIT extends BrowserTest {

  private static final String END = "End the old secret now";

  private final PersonalTokens own = new PersonalTokens(api.as("dave"));
  private final String name = TokenRequest.newName();
  private final TestToken made = own.createNamed(name);

  @Test
  void bothSecretsWorkUntilTheOldOneIsEnded() {
    openAs("dave", MintFlowClient.TOKENS_PAGE);
    browser.click(row(), "button", "Rotate");
    WebElement dialog = browser.dialog("Rotate " + name);
    check("personal-rotate");
    browser.click(dialog, "button", "Rotate token");
    WebElement once = browser.dialog("New secret for " + name);
    String newSecret = Browser.valueOf(browser.find(once, "textbox", "New secret"));
    browser.click(once, "button", "Copy");
    browser.awaitText("Copied.");
    browser.click(once, "button", "Done");
    browser.awaitNoDialog();
    use(newSecret);
    use(made.rawToken());
    browser.until(
        () -> previous().getInt("usesToday") == 1, () -> "the use is not counted: " + previous());

    browser.open(MintFlowClient.TOKENS_PAGE);
    browser.click(row(), "button", "Rotating");
    WebElement end = browser.dialog("End the old secret of " + name);
    String shown = end.getText();
    assertTrue(shown.contains("Used once since midnight UTC"), shown);
    assertTrue(shown.contains("from 127.0.0.1"), shown);
    assertTrue(shown.contains(newSecret.substring(0, 12)), shown);
    check("personal-secrets");
    browser.click(end, "button", END);
    browser.awaitNoDialog();
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    use(newSecret);
    browser.until(() -> !row().getText().contains("Rotating"), () -> row().getText());
    browser.click(row(), "button", "Audit");
    browser.awaitText("ended on request");
    check("personal-rotation-audit");
  }

  private JsonObject previous() {
    return own.get(made.id()).getJsonObject("previousSecret");
  }

  private void use(String secret) {
    api.bearer(secret).get(ServiceTokens.WHOAMI).ok();
  }

  private WebElement row() {
    return browser.await(
        () ->
            browser.driver().findElements(By.cssSelector("tbody tr")).stream()
                .filter(row -> row.getText().contains(name))
                .findFirst()
                .orElse(null),
        () -> "no row of " + name);
  }
}
