package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.MintFlowClient;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;
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
    browser.choose(this::row, "Rotate…");
    WebElement dialog = browser.dialog("Rotate " + name);
    browser.find(dialog, "button", "30 days, as before");
    check("personal-rotate");
    browser.click(dialog, "button", "Rotate token");
    String newSecret = SecretDialog.afterRotation(browser, name).copyAndClose();
    use(newSecret);
    use(made.rawToken());
    browser.until(
        () -> previous().getInt("usesToday") == 1, () -> "the use is not counted: " + previous());

    browser.open(MintFlowClient.TOKENS_PAGE);
    browser.click(this::row, "link", "Rotating, 1 day left");
    browser.click("button", END);
    WebElement end = browser.dialog("End the old secret of " + name);
    String shown = end.getText();
    assertTrue(shown.contains("Used once today"), shown);
    assertTrue(shown.contains("from 127.0.0.1"), shown);
    assertTrue(shown.contains(newSecret.substring(0, 12)), shown);
    check("personal-secrets");
    browser.click(end, "button", END);
    browser.awaitNoDialog();
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    use(newSecret);
    browser.awaitText("ended on request");
    check("personal-rotation-audit");
    browser.open(MintFlowClient.TOKENS_PAGE);
    browser.until(() -> !row().getText().contains("Rotating"), () -> row().getText());
  }

  private JsonObject previous() {
    return own.get(made.id()).getJsonObject("previousSecret");
  }

  private void use(String secret) {
    api.bearer(secret).get(ServiceTokens.WHOAMI).ok();
  }

  private WebElement row() {
    return browser.rowWith(name);
  }
}
