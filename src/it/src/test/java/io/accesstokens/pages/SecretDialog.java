package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertFalse;

import org.openqa.selenium.WebElement;

/** The dialog that shows the new secret of a token once, after its creation or rotation. */
final class SecretDialog {

  private final Browser browser;
  private final WebElement dialog;
  private final String secret;

  private SecretDialog(Browser browser, String title, String field) {
    this.browser = browser;
    this.dialog = browser.dialog(title);
    this.secret = Browser.valueOf(browser.find(dialog, "textbox", field));
  }

  /** Waits for the dialog after a creation. */
  static SecretDialog afterCreation(Browser browser) {
    return new SecretDialog(browser, "Token created", "Raw token");
  }

  /** Waits for the dialog after a rotation of the token with this name. */
  static SecretDialog afterRotation(Browser browser, String name) {
    return new SecretDialog(browser, "New secret for " + name, "New secret");
  }

  WebElement element() {
    return dialog;
  }

  /** Returns the raw token that the dialog showed first. */
  String secret() {
    return secret;
  }

  /** Copies the secret to the clipboard. */
  void copy() {
    browser.click(dialog, "button", "Copy");
    browser.awaitText("Copied.");
  }

  /** Closes the dialog without a question, because the secret was copied. */
  void close() {
    browser.click(dialog, "button", "Done");
    browser.awaitNoDialog();
  }

  /** Copies the secret, closes the dialog, and returns the secret. */
  String copyAndClose() {
    copy();
    close();
    return secret;
  }

  /** Asserts that the page has forgotten the secret. */
  void assertForgotten() {
    assertFalse(browser.state().contains(secret.substring(12)), "the page keeps the secret");
  }
}
