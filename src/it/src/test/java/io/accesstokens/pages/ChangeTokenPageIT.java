package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Tests the change of service tokens in the pages, and their limits. */
class ChangeTokenPageIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final By EXPIRY = By.cssSelector("dialog input[type=date]");

  /** The time zone of the browser. */
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  private final TestToken made = tokens.create();
  private final String page = LIST + '/' + made.id();

  private WebElement open() {
    browser.click("button", "Edit");
    WebElement dialog = browser.dialog("Edit " + made.name());
    browser.find(By.cssSelector("dialog input[value='catalog:read']"));
    return dialog;
  }

  @Test
  void changesAreInEffectWhenTheDialogIsClosed() {
    openAs("alice", page);
    browser.awaitText("Any address");
    WebElement dialog = open();
    browser.type(browser.find(dialog, "textbox", "Description"), "Reads documents too");
    browser.find(By.cssSelector("dialog input[value='techdocs:read']")).click();
    browser.type(browser.find(dialog, "textbox", "Allowed addresses"), "10.0.0.0/8\n192.0.2.17");
    browser.type(browser.find(dialog, "textbox", "Requests per minute"), "600");
    check("edit");
    browser.click(dialog, "button", "Save changes");
    browser.awaitNoDialog();
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    JsonObject token = tokens.get(made.id());
    assertEquals("Reads documents too", token.getString("description"));
    assertEquals(List.of("catalog:read", "techdocs:read"), texts(token, "scopes"));
    assertEquals(List.of("10.0.0.0/8", "192.0.2.17"), texts(token, "allowedAddresses"));
    assertEquals(600, token.getInt("requestsPerMinute"));
    browser.awaitText("Requests per minute: 600 (before: none)");
    browser.awaitText("192.0.2.17");
    check("token-changed");

    browser.click("button", "Edit limits");
    dialog = browser.dialog("Edit " + made.name());
    browser.awaitFocus("Requests per minute");
    browser.find(dialog, "textbox", "Allowed addresses").clear();
    browser.find(dialog, "textbox", "Requests per minute").clear();
    browser.click(dialog, "button", "Save changes");
    browser.awaitNoDialog();
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).ok();
    token = tokens.get(made.id());
    assertEquals(JsonValue.NULL, token.get("allowedAddresses"));
    assertEquals(JsonValue.NULL, token.get("requestsPerMinute"));
    browser.awaitText("No limit");

    dialog = open();
    browser.type(browser.find(dialog, "textbox", "Description"), "Reads fewer scopes");
    browser.find(By.cssSelector("dialog input[value='techdocs:read']")).click();
    tokens.update(made.id(), "{\"scopes\": [\"techdocs:read\"]}");
    browser.click(dialog, "button", "Save changes");
    browser.awaitText("changed while this dialog was open: Scopes.");
    token = tokens.get(made.id());
    assertEquals(List.of("techdocs:read"), texts(token, "scopes"));
    assertEquals("Reads documents too", token.getString("description"));
  }

  private static List<String> texts(JsonObject token, String field) {
    return token.getJsonArray(field).getValuesAs(JsonString::getString);
  }

  @Test
  void expiryCanOnlyBecomeEarlier() {
    Instant before = Instant.parse(made.token().getString("expiresAt"));
    openAs("alice", page);
    WebElement dialog = open();
    setExpiry(before, 2);
    browser.click(dialog, "button", "Save changes");
    browser.awaitText("Choose a day before the present expiry");
    setExpiry(before, -40);
    browser.click(dialog, "button", "Save changes");
    browser.awaitNoDialog();
    Instant now = Instant.parse(tokens.get(made.id()).getString("expiresAt"));
    assertEquals(before.atZone(ZONE).minusDays(40), now.atZone(ZONE));
  }

  /** Sets the expiry to a day before or after another one. Some of these days have 25 hours. */
  private void setExpiry(Instant other, int days) {
    browser.pick(browser.find(EXPIRY), other.atZone(ZONE).plusDays(days).toLocalDate());
  }

  /** An empty date is no date, so the dialog must not compute one from it. */
  @Test
  void dialogWithoutAnExpiryCanBeClosed() {
    openAs("alice", page);
    WebElement dialog = open();
    browser.find(EXPIRY).clear();
    browser.click(dialog, "button", "Save changes");
    browser.awaitText("Choose the day on which the token expires.");
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
    assertEquals(made.token().getString("expiresAt"), tokens.get(made.id()).getString("expiresAt"));
  }

  @Test
  void errorIsShownBesideItsField() {
    openAs("alice", page);
    WebElement dialog = open();
    browser.type(browser.find(dialog, "textbox", "Requests per minute"), "many");
    browser.type(browser.find(dialog, "textbox", "Allowed addresses"), "10.0.0.1/8");
    browser.click(dialog, "button", "Save changes");
    browser.awaitText("Enter a whole number from 1 to 1,000,000, or nothing.");
    browser.type(browser.find(dialog, "textbox", "Requests per minute"), "10");
    browser.expectRefusal(422);
    browser.click(dialog, "button", "Save changes");
    browser.awaitText("Fix 1 field to continue:");
    WebElement addresses = browser.find(dialog, "textbox", "Allowed addresses");
    assertEquals("true", addresses.getDomAttribute("aria-invalid"));
    browser.awaitFocus("Allowed addresses");
    check("edit-wrong");
  }

  @Test
  void changeIsMadeByKeyboard() {
    openAs("alice", page);
    browser.tabTo("button", "Edit").sendKeys(Keys.ENTER);
    WebElement dialog = browser.dialog("Edit " + made.name());
    browser.awaitFocus("Description");
    browser.press(Keys.chord(Keys.CONTROL, "a"));
    browser.press("Changed without a mouse");
    browser.tabTo("textbox", "Requests per minute").sendKeys("5");
    browser.press(Keys.ESCAPE);
    browser.find(dialog, "alertdialog", "Discard your input?");
    browser.press(Keys.ENTER);
    browser.awaitFocus("Requests per minute");
    browser.tabTo("button", "Save changes").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.awaitFocus(made.name());
    JsonObject token = tokens.get(made.id());
    assertEquals("Changed without a mouse", token.getString("description"));
    assertEquals(5, token.getInt("requestsPerMinute"));
  }

  /** A text area shows other line breaks than the API stored. */
  @Test
  void descriptionThatTheUserDidNotEditIsNoChange() {
    tokens.update(made.id(), "{\"description\": \" Reads\\r\\nthe catalog \"}");
    openAs("alice", page);
    open();
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
  }

  @Test
  void tokenIsCreatedWithLimits() {
    String name = TokenRequest.newName();
    ServiceTokenDialog create = new ServiceTokenDialog(browser);
    openAs("alice", LIST + "?q=" + name);
    WebElement dialog = create.open();
    create.fill(name);
    dialog.findElement(By.tagName("summary")).click();
    browser.type(browser.find(dialog, "textbox", "Allowed addresses"), "nonsense");
    browser.type(browser.find(dialog, "textbox", "Requests per minute"), "60");
    check("create-limits");
    dialog.findElement(By.tagName("summary")).click();
    browser.expectRefusal(422);
    create.send();
    // The error opens the folded fields.
    WebElement addresses = browser.find(dialog, "textbox", "Allowed addresses");
    browser.until(() -> "true".equals(addresses.getDomAttribute("aria-invalid")), () -> "no error");
    browser.type(addresses, "::1, 127.0.0.0/8");
    create.send();
    String rawToken = SecretDialog.afterCreation(browser).copyAndClose();
    api.bearer(rawToken).get(ServiceTokens.WHOAMI).ok();
    browser.click(() -> browser.row(name), "link", name);
    WebElement limits = browser.find("region", "Limits");
    assertTrue(limits.getText().contains("127.0.0.0/8"), limits.getText());
    assertTrue(limits.getText().contains("60"), limits.getText());
  }
}
