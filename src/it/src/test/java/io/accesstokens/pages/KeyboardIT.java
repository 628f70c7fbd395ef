package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Tests the pages by keyboard only. */
class KeyboardIT extends BrowserTest {

  @Test
  void tokenIsCreatedAndRevokedByKeyboard() {
    String name = TokenRequest.newName();
    signInAndOpen("alice", "/admin/access-tokens");
    browser.tabTo("button", "Create token").sendKeys(Keys.ENTER);
    browser.dialog("Create service token");
    browser.press(name);
    browser.tabTo("combobox", "Owning group").sendKeys("plat");
    browser.find("option", "Platform group:default/platform");
    browser.press(Keys.ENTER);
    browser.tabTo("textbox", "Description").sendKeys("TestToken without a mouse");
    browser
        .tabTo("checkbox", "catalog:read Read entities of the software catalog")
        .sendKeys(Keys.SPACE);
    browser.tabTo("button", "7 days").sendKeys(Keys.SPACE);
    browser.tabTo("button", "Create token").sendKeys(Keys.ENTER);

    browser.dialog("Token created");
    browser.tabTo("button", "Copy").sendKeys(Keys.ENTER);
    browser.awaitText("Copied.");
    browser.tabTo("button", "Done").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.awaitFocus("Create token");

    browser.row(name);
    browser.tabTo("checkbox", "Select " + name);
    browser.tabTo("button", "Revoke").sendKeys(Keys.ENTER);
    browser.dialog("Revoke token");
    browser.press("No longer needed");
    browser.tabTo("button", "Revoke").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.awaitFocus("More actions");
    assertEquals(
        "revoked",
        tokens.all("status=revoked").stream()
            .filter(token -> token.getString("name").equals(name))
            .findFirst()
            .orElseThrow()
            .getString("status"));
  }

  @Test
  void arrowUpChoosesTheLastOptionOfAnOpenList() {
    signInAndOpen("alice", "/admin/access-tokens?create");
    WebElement dialog = browser.dialog("Create service token");
    WebElement field = browser.find(dialog, "combobox", "Owning group");
    field.click();
    browser.find("option", "Platform group:default/platform");
    field.sendKeys(Keys.ARROW_UP, Keys.ENTER);
    browser.until(
        () -> Browser.valueOf(field).equals("Platform"), () -> "chosen: " + Browser.valueOf(field));
  }

  @Test
  void severalTokensAreRevokedByKeyboard() {
    String word = TokenRequest.newName();
    for (String name : List.of(word + "-1", word + "-2")) {
      tokens.create(TokenRequest.good().named(name));
    }
    signInAndOpen("alice", "/admin/access-tokens?q=" + word + "&sort=name");
    browser.tabTo("checkbox", "Select " + word + "-1").sendKeys(Keys.SPACE);
    browser.tabTo("checkbox", "Select " + word + "-2").sendKeys(Keys.SPACE);
    browser.tabTo("button", "Revoke 2 tokens").sendKeys(Keys.ENTER);
    browser.dialog("Revoke 2 tokens");
    browser.press("No longer needed");
    browser.tabTo("button", "Revoke 2 tokens").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.find("group", "2 tokens are revoked.");
  }

  @Test
  void personalTokenIsCreatedAndRevokedByKeyboard() {
    String page = "/settings/personal-tokens";
    String name = TokenRequest.newName();
    new PersonalTokens(api.as("dave")).create(); // an empty list has another button
    browser.open(page);
    browser.awaitFocus("Username");
    browser.press("dave", Keys.TAB);
    browser.press("dave", Keys.ENTER);
    browser.awaitAddress(page);
    browser.awaitLoaded();
    browser.tabTo("button", "Create token").sendKeys(Keys.ENTER);
    browser.dialog("Create personal token");
    browser.press(name);
    browser.tabTo("button", "Create token").sendKeys(Keys.ENTER);
    browser.dialog("Token created");
    browser.tabTo("button", "Copy").sendKeys(Keys.ENTER);
    browser.awaitText("Copied.");
    browser.tabTo("button", "Done").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.rowWith(name);
    browser.tabTo("link", name).sendKeys(Keys.ENTER);
    browser.find("heading", name);
    browser.tabTo("button", "Revoke").sendKeys(Keys.ENTER);
    browser.dialog("Revoke token");
    browser.tabTo("button", "Revoke").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.awaitText("Revoked on");
  }

  @Test
  void otherSessionIsSignedOutByKeyboard() {
    BrowserSession other = BrowserSession.signIn(api, "dave", "dave");
    signInAndOpen("dave", "/admin/access-tokens/sessions");
    browser.tabTo("button", "Sign out everywhere else").sendKeys(Keys.ENTER);
    browser.until(
        () -> !browser.has("button", "Sign out everywhere else"), () -> "there are others");
    other.get(ServiceTokens.WHOAMI).problem(401);
  }

  @Test
  void eventsAreExportedByKeyboard(@TempDir Path downloads) throws Exception {
    TestToken made = tokens.create();
    signInAndOpen("alice", "/admin/access-tokens/audit?token=" + made.id());
    browser.find(By.cssSelector("details.event"));
    browser
        .driver()
        .executeCdpCommand(
            "Browser.setDownloadBehavior",
            Map.of("behavior", "allow", "downloadPath", downloads.toString()));
    browser.tabTo("link", "Export CSV").sendKeys(Keys.ENTER);
    Path file = browser.await(() -> csv(downloads), () -> "no file");
    String content = Files.readString(file);
    assertTrue(content.contains(made.id()), content);
  }

  /** Returns the exported file. Until it is complete, the browser gives it another name. */
  private static @Nullable Path csv(Path folder) {
    File[] files = folder.toFile().listFiles((in, name) -> name.endsWith(".csv"));
    return files == null || files.length == 0 ? null : files[0].toPath();
  }

  @Test
  void themeIsSwitchedInTheHeader() {
    signInAndOpen("alice", "/admin/access-tokens/audit");
    browser.tabTo("button", "Switch to the dark theme").sendKeys(Keys.ENTER);
    assertEquals("dark", theme());
    browser.find("button", "Switch to the light theme");
    browser.press(Keys.ENTER);
    assertEquals("light", theme());
  }

  @Test
  void paletteFindsTokensActionsAndPages() {
    String name = tokens.create().token().getString("name");
    signInAndOpen("alice", "/admin/access-tokens/audit");
    browser.find("link", "Users");
    Keys control = Keys.CONTROL;
    browser.press(Keys.chord(control, "k"));
    browser.dialog("Search or jump to");
    browser.awaitFocus("Search tokens, pages and actions");
    browser.press(name);
    browser.awaitText("Audit log of " + name);
    assertEquals(name, chosen());
    check("palette", "dialog");
    browser.press(Keys.ENTER);
    browser.find("heading", name);

    browser.press(Keys.chord(control, "k"));
    browser.dialog("Search or jump to");
    browser.press("dark");
    browser.until(() -> chosen().equals("Theme: Dark"), this::chosen);
    browser.press(Keys.ENTER);
    browser.awaitNoDialog();
    assertEquals("dark", theme());
    browser.driver().navigate().refresh();
    browser.find("heading", name);
    assertEquals("dark", theme());

    browser.press(Keys.chord(control, "k"));
    browser.dialog("Search or jump to");
    browser.press("overview");
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.ESCAPE);
    browser.awaitNoDialog();
    browser.tabTo("button", "Search or jump to").sendKeys(Keys.ENTER);
    browser.dialog("Search or jump to");
    browser.press("overview");
    browser.until(() -> chosen().equals("Overview"), this::chosen);
    browser.press(Keys.ENTER);
    browser.awaitAddress("/admin/access-tokens/overview");
  }

  @Test
  void paletteOpensActionsOfTheShownPage() {
    TestToken made = tokens.create();
    signInAndOpen("alice", "/admin/access-tokens/" + made.id());
    browser.find("heading", made.name());
    fromPalette(made.name(), "Rotate " + made.name() + "…");
    browser.dialog("Rotate " + made.name());
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
    fromPalette(made.name(), "Revoke " + made.name() + "…");
    browser.dialog("Revoke token");
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();

    TestToken own = new PersonalTokens(api.as("alice")).create();
    fromPalette(own.name(), own.name());
    browser.find("heading", own.name());
    browser.open("/settings/personal-tokens");
    browser.rowWith(own.name());
    for (int i = 0; i < 2; i++) {
      fromPalette("create personal", "Create personal token");
      browser.dialog("Create personal token");
      browser.press(Keys.ESCAPE);
      browser.awaitNoDialog();
    }
    fromPalette("api ref", "API reference");
    browser.awaitAddress("/admin/access-tokens/api");
  }

  /** Otherwise, the Enter key could open another result than the chosen one. */
  @Test
  void lateResultsOfThePaletteDoNotChangeTheChoice() {
    TestToken own = new PersonalTokens(api.as("alice")).create();
    openAs("alice", "/admin/access-tokens/audit");
    browser.run(HOLD_OWN_TOKENS);
    browser.press(Keys.chord(Keys.CONTROL, "k"));
    WebElement palette = browser.dialog("Search or jump to");
    browser.press(own.name());
    String result = "Search all service tokens for “" + own.name() + "”";
    browser.until(
        () -> {
          browser.press(Keys.ARROW_DOWN);
          return chosen().equals(result);
        },
        () -> "not chosen: " + result);
    browser.run("window.release()");
    browser.until(
        () -> browser.texts(palette, By.cssSelector("[role=option] > .clip")).contains(own.name()),
        () -> "the personal token is not found");
    assertEquals(result, chosen());
  }

  /** Holds the personal tokens of the user until the test calls {@code release}. */
  private static final String HOLD_OWN_TOKENS =
      """
      const { fetch } = window;
      const held = new Promise(done => { window.release = done; });
      window.fetch = async (url, options) => {
        if (String(url).includes('/personal?')) {
          await held;
        }
        return fetch(url, options);
      };
      """;

  /** Finds a result in the palette, moves to it, and opens it. */
  private void fromPalette(String text, String result) {
    browser.press(Keys.chord(Keys.CONTROL, "k"));
    WebElement palette = browser.dialog("Search or jump to");
    browser.press(text);
    browser.until(
        () -> browser.texts(palette, By.cssSelector("[role=option] > .clip")).contains(result),
        () -> "not found: " + result);
    browser.until(
        () -> {
          if (chosen().equals(result)) {
            return true;
          }
          browser.press(Keys.ARROW_DOWN);
          return false;
        },
        () -> "not chosen: " + result);
    browser.press(Keys.ENTER);
  }

  /** Returns the text of the chosen result of the palette, without the keys. */
  private String chosen() {
    return String.valueOf(
        browser.run(
            "return document.querySelector('[role=option][aria-selected=true] >"
                + " .clip')?.textContent"));
  }

  private String theme() {
    return String.valueOf(
        browser.run("return getComputedStyle(document.documentElement).colorScheme"));
  }

  @Test
  void singleKeysAreShortcutsUntilTheyAreTurnedOff() {
    tokens.create(); // the audit page needs an event
    signInAndOpen("alice", "/admin/access-tokens");
    browser.find("button", "Create token");
    browser.press("/");
    browser.awaitFocus("Search");
    browser.press("/c?");
    browser.find("heading", "No token matches \u201c/c?\u201d");
    assertEquals("/c?", Browser.valueOf(browser.driver().switchTo().activeElement()));
    browser.tabTo("button", "Create token");
    browser.press("?");
    browser.dialog("Keyboard shortcuts");
    check("shortcuts", "dialog");
    browser.tabTo("checkbox", "Use shortcuts of a single key").sendKeys(Keys.SPACE);
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
    browser.press("?");
    browser.press(Keys.chord(Keys.CONTROL, "k"));
    browser.dialog("Search or jump to");
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
    browser.open("/admin/access-tokens/audit");
    browser.find(By.cssSelector("details.event"));
    browser.run("localStorage.clear()");
    browser.press("/");
    browser.awaitFocus("Token");
  }

  @Test
  void escapeClosesADialogAndRestoresTheFocus() {
    signInAndOpen("alice", "/admin/access-tokens");
    browser.tabTo("button", "Create token").sendKeys(Keys.ENTER);
    browser.dialog("Create service token");
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
    browser.awaitFocus("Create token");
    browser.press(Keys.ENTER);
    browser.dialog("Create service token");
    browser.press("typed");
    browser.press(Keys.ESCAPE);
    WebElement dialog = browser.dialog("Create service token");
    browser.find(dialog, "alertdialog", "Discard your input?");
    browser.awaitFocus("Keep editing");
    browser.press(Keys.ENTER);
    browser.awaitFocus("Name");
    browser.press(Keys.ESCAPE);
    browser.tabTo("button", "Discard").sendKeys(Keys.ENTER);
    browser.awaitNoDialog();
    browser.awaitFocus("Create token");
  }
}
