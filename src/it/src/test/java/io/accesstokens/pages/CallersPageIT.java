package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests that the pages and dialogs name the callers of service tokens, also the refused ones. */
class CallersPageIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final String CURL = "curl/8.5.0";
  private static final String TERRAFORM = "terraform/1.9.8";
  private static final String GRADLE = "gradle/8.10";

  private static final String OF_NEW = "Callers of the new secret";
  private static final String OF_OLD = "Callers of the old secret";
  private static final String END = "End the old secret now";

  /** A product (RFC 9110, section 10.1.5) of the maximum length with characters of markup. */
  private static final String ODD = "o'dd&lt`^|~*!#$%+" + "x".repeat(45) + "/1";

  private final TestToken made = tokens.create();
  private final String name = made.name();
  private final String page = LIST + '/' + made.id();

  @Test
  void callersOfBothSecretsAreShownUntilTheOldOneIsEnded() {
    String old = made.rawToken();
    String current = tokens.rotate(made.id(), "{}").rawToken();
    use(old, TERRAFORM).ok();
    use(current, TERRAFORM).ok();
    use(current, TERRAFORM).ok();
    use(old, CURL).ok();
    use(old, CURL).ok();
    use(old, CURL).ok();
    awaitUses(6);

    openAs("alice", page);
    List<String> callersOfNew = callers(OF_NEW);
    assertEquals(1, callersOfNew.size(), () -> "callers: " + callersOfNew);
    assertContains("127.0.0.1 terraform/1.9.8 2 times today, last ", callersOfNew.get(0));
    List<String> callersOfOld = callers(OF_OLD);
    assertEquals(2, callersOfOld.size(), () -> "callers: " + callersOfOld);
    assertContains("127.0.0.1 curl/8.5.0 3 times today, last ", callersOfOld.get(0));
    assertContains("old secret only", callersOfOld.get(0));
    assertContains("127.0.0.1 terraform/1.9.8 once today, last ", callersOfOld.get(1));
    assertFalse(callersOfOld.get(1).contains("old secret only"), "marked as well: " + callersOfOld);
    checkAt390("callers-rotating");

    browser.click("button", END);
    WebElement dialog = browser.dialog("End the old secret of " + name);
    browser.awaitText("2 callers used it today");
    browser.awaitText("One of them has not used the new secret. It gets 401 from now on.");
    String shown = dialog.getText();
    assertContains(CURL, shown);
    assertContains(TERRAFORM, shown);
    List<String> warned = callers(dialogList(OF_OLD));
    assertFalse(warned.get(0).contains("uses the new secret too"), "marked as well: " + warned);
    assertContains("uses the new secret too", warned.get(1));
    checkAt390("callers-end-old");
    browser.click(dialog, "button", END);
    browser.awaitText("has ended.");

    use(old, CURL).problem(401);
    use(old, CURL).problem(401);
    awaitUses(4); // accepted callers of an ended secret are no longer reported
    browser.open(page);
    browser.find("region", "Callers");
    List<String> refused = callers("Tried an old secret after its end");
    assertEquals(1, refused.size(), () -> "callers: " + refused);
    assertContains("127.0.0.1 curl/8.5.0 2 times today, last ", refused.get(0));
    assertContains("Refused", rowOf("Tried an old secret after its end"));
    // Today there were four more uses, of the secret that has ended.
    browser.awaitText("2 uses today from 1 address.");
    browser.awaitText("1 other caller uses an ended secret, and is refused already.");
    assertContains(
        "127.0.0.1 terraform/1.9.8 2 times today, last ", callers("1 caller today").get(0));
    checkAt390("callers-ended");
  }

  @Test
  void tokenIsNotInUseByTheCallersOfItsEndedSecret() {
    use(made.rawToken(), CURL).ok();
    awaitUses(1);
    tokens.rotate(made.id(), "{\"gracePeriodSeconds\": 0}");
    openSoonAfter(tokens.get(made.id()).getString("secretCreatedAt"));
    browser.find("heading", "Not used since its rotation just now.");
    browser.awaitText("from 127.0.0.1, with a secret that has ended");
    use(made.rawToken(), CURL).problem(401);
    awaitUses(1);
    browser.open(page);
    browser.find("heading", "Not in use. One caller still tries an ended secret.");
    List<String> refused = callers("Tried an old secret after its end");
    assertContains("127.0.0.1 curl/8.5.0 once today, last refused ", refused.get(0));
    checkAt390("callers-only-ended");
  }

  @Test
  void unusedOldSecretIsEndedWithoutAWarning() {
    tokens.rotate(made.id(), "{}");
    openAs("alice", page);
    browser.click("button", END);
    String shown = browser.dialog("End the old secret of " + name).getText();
    assertContains("Not used since the rotation.", shown);
    // The random name of the token can contain 401.
    List<String> words = List.of(shown.replace(name, "").split("\\W+"));
    assertFalse(words.contains("401"), shown);
  }

  @Test
  void rotateDialogNamesTheCallersToUpdate() {
    use(made.rawToken(), GRADLE).ok();
    use(made.rawToken(), GRADLE).ok();
    awaitUses(2);
    openAs("alice", page);
    browser.click("button", "Rotate");
    WebElement dialog = browser.dialog("Rotate " + name);
    browser.awaitText("One caller to update: 127.0.0.1 (gradle/8.10), 2 uses today, last ");
    checkAt390("callers-rotate-one");
    browser.click(dialog, "button", "Cancel");
    browser.awaitNoDialog();

    for (int i = 1; i <= 8; i++) {
      use(made.rawToken(), "worker/" + i).ok();
    }
    awaitUses(10);
    browser.click("button", "Rotate");
    browser.awaitText("9 callers to update:");
    List<String> toUpdate = callers("9 callers to update:");
    assertEquals("and 4 other callers", toUpdate.get(5), () -> "callers: " + toUpdate);
    checkAt390("callers-rotate");
  }

  @Test
  void furtherRotationNamesTheCallersOfTheOlderSecret() {
    tokens.rotate(made.id(), "{}");
    use(made.rawToken(), CURL).ok();
    awaitUses(1);
    openAs("alice", page);
    browser.click("button", "Rotate");
    browser.awaitText("Its callers get 401 from then on:");
    assertContains("127.0.0.1 curl/8.5.0 once today", callers(dialogList(OF_OLD)).get(0));
    checkAt390("callers-rotate-again");
  }

  @Test
  void revokeDialogNamesTheCallersOfToday() {
    use(made.rawToken(), TERRAFORM).ok();
    use(made.rawToken(), CURL).ok();
    use(made.rawToken(), CURL).ok();
    awaitUses(3);
    openAs("alice", page);
    browser.find("heading", "In use now. Do not revoke it yet.");
    browser.awaitText("3 uses today from 1 address.");
    assertEquals(2, callers("2 callers today").size());
    assertFalse(browser.has("heading", "Callers"), "the callers are listed twice");
    check("callers");
    browser.click("button", "Revoke");
    WebElement dialog = browser.dialog("Revoke token");
    browser.awaitText("In use today: 3 times, last ");
    browser.awaitText("These callers get 401 from now on:");
    List<String> today = callers("Callers of today");
    assertContains("127.0.0.1 curl/8.5.0 2 times today", today.get(0));
    assertContains("127.0.0.1 terraform/1.9.8 once today", today.get(1));
    checkAt390("callers-revoke");
    browser.type(browser.find(dialog, "textbox", "Reason"), "The job has moved");
    browser.click(dialog, "button", "Revoke");
    browser.awaitNoDialog();

    use(made.rawToken(), CURL).problem(401);
    awaitUses(4);
    browser.open(page);
    browser.find("heading", "One caller still tries to use it.");
    List<String> refused = callers("Tried the token after it was revoked");
    assertContains("127.0.0.1 curl/8.5.0 once today, last ", refused.get(0));
    assertEquals(2, callers("Used the token before it was revoked").size());
    checkAt390("callers-revoked");
  }

  @Test
  void callerFromAnotherAddressIsShownAsRefused() {
    tokens.update(made.id(), "{\"allowedAddresses\": [\"10.0.0.0/8\"]}");
    use(made.rawToken(), CURL).problem(401);
    awaitUses(1);
    openSoonAfter(usage().getJsonObject("refused").getString("lastAt"));
    browser.find("heading", "Not in use, but tried just now.");
    List<String> refused = callers("Tried the token from an address that is not allowed");
    assertContains("127.0.0.1 curl/8.5.0 once today, last ", refused.get(0));
    picture("token-refused");
  }

  @Test
  void clientIsShownAsText() {
    use(made.rawToken(), "<img/src=x>").ok();
    use(made.rawToken(), "<b>bold</b>/1").ok();
    use(made.rawToken(), ODD).ok();
    awaitUses(3);
    openAs("alice", page);
    List<String> shown = callers("2 callers today");
    assertContains("127.0.0.1 " + ODD + " once today", shown.get(0));
    assertContains("127.0.0.1 unknown client 2 times today", shown.get(1));
    checkAt390("callers-hostile");
    browser.click("button", "Revoke");
    browser.awaitText("These callers get 401 from now on:");
    assertContains(ODD, callers("Callers of today").get(0));
    checkAt390("callers-hostile-revoke");
    assertEquals(
        List.of(),
        browser.driver().findElements(By.cssSelector("main img, b, main script, dialog b")));
  }

  @Test
  void callersAreNotNamedIfTheyAreNotRecorded() throws Exception {
    WarProcess process =
        WarProcess.inNewFolder().with("--in-memory").withConfig("usage: {callers: false}");
    try (RunningApplication other = RunningApplication.start(process)) {
      TestToken token = new ServiceTokens(other.api().as("alice")).create();
      other.api().bearer(token.rawToken()).get(ServiceTokens.WHOAMI).ok();
      String usage = ServiceTokens.path(token.id()) + "/usage";
      browser.until(
          () ->
              other.api().as("alice").get(usage).ok().getJsonObject("accepted").getInt("count") > 0,
          () -> "the use is not shown");
      Browser there = browser.at(other.api().origin());
      String address = LIST + '/' + token.id();
      there.open(address);
      there.signIn("alice", "alice");
      there.awaitAddress(address);
      there.awaitLoaded();
      there.find("heading", "Audit log");
      assertFalse(there.has("heading", "Callers"), "the page shows callers");
      there.click("button", "Rotate");
      there.awaitText("To update: Last used ");
      there.click("button", "Cancel");
      there.awaitNoDialog();
      there.click("button", "Revoke");
      there.awaitText("Callers that still use it get 401 from now on.");
      there.click("button", "Cancel");
      there.awaitNoDialog();
      browser.driver().get("about:blank"); // the page would lose its server
    }
  }

  /** Opens the page of the token, as if an instant were half a minute ago. */
  private void openSoonAfter(String instant) {
    long now = Instant.parse(instant).plusSeconds(30).toEpochMilli();
    withScript("Date.now = () => " + now, () -> openAs("alice", page));
  }

  private ApiResult use(String secret, String userAgent) {
    return api.bearer(secret)
        .call("GET", ServiceTokens.WHOAMI)
        .header("User-Agent", userAgent)
        .send();
  }

  /** Waits until this number of uses is reported. They are collected for a moment. */
  private void awaitUses(int count) {
    browser.until(
        () ->
            ServiceTokens.objects(usage(), "callers").stream()
                    .mapToInt(caller -> caller.getInt("usesToday"))
                    .sum()
                == count,
        () -> "not " + count + " uses: " + usage());
  }

  private JsonObject usage() {
    return api.as("alice").get(ServiceTokens.path(made.id()) + "/usage").ok();
  }

  /** Returns the texts of the list with this name. */
  private List<String> callers(String label) {
    return callers(By.cssSelector("ul[aria-label='" + label + "']"));
  }

  private List<String> callers(By list) {
    return browser.await(
        () ->
            browser.driver().findElement(list).findElements(By.tagName("li")).stream()
                .map(caller -> Objects.requireNonNull(caller.getDomProperty("textContent")).strip())
                .toList(),
        () -> "nothing at " + list);
  }

  private static By dialogList(String label) {
    return By.cssSelector("dialog ul[aria-label='" + label + "']");
  }

  /** Returns the text of the row of the panel that contains the list with this name. */
  private String rowOf(String label) {
    return browser.find(By.cssSelector(".rows > li:has(ul[aria-label='" + label + "'])")).getText();
  }

  private void checkAt390(String state) {
    check(state);
    browser.look(390, false);
    browser.assertFits(state + ", 390 pixels");
    browser.lookAsEver();
  }

  private static void assertContains(String expected, String shown) {
    assertTrue(shown.contains(expected), () -> '"' + expected + "\" is not in: " + shown);
  }
}
