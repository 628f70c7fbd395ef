package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Tests that filters show the active values in the table, in the address and in exports. */
class AuditFilterIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final String AUDIT = LIST + "/audit";

  private final String word = "argo" + Long.toString(System.nanoTime(), 36);
  private final TestToken first = tokens.create(TokenRequest.good().named(word + "-one"));
  private final TestToken second = tokens.create(TokenRequest.good().named(word + "-two"));

  private String export() {
    return String.valueOf(browser.find("link", "Export CSV").getDomProperty("href"));
  }

  private void awaitField(WebElement field, String value) {
    browser.until(
        () -> Browser.valueOf(field).equals(value), () -> "shown: " + Browser.valueOf(field));
  }

  private WebElement typed(String text) {
    WebElement field = browser.find("combobox", "Token");
    field.sendKeys(text);
    browser.find(By.cssSelector("[role=option]"));
    return field;
  }

  @Test
  void textWithoutAChosenTokenIsCleared() {
    openAs("alice", AUDIT);
    browser.find(By.cssSelector("details.event"));
    WebElement field = typed(word);
    browser.press(Keys.ESCAPE);
    awaitField(field, "");
    assertEquals(AUDIT, browser.address());

    typed(word);
    browser.press(Keys.TAB);
    awaitField(field, "");
    browser.until(
        () ->
            String.valueOf(browser.run("return document.getElementById('announcer').textContent"))
                .contains("“" + word + "” is not in the list."),
        () -> "not announced");

    browser.type(field, "no-such-token");
    browser.press(Keys.ENTER);
    awaitField(field, "");
    assertTrue(!export().contains("tokenId"), export());
  }

  @Test
  void chosenTokenIsRestoredAfterAnotherText() {
    openAs("alice", AUDIT);
    WebElement field = typed(first.name());
    browser.click("option", first.name() + ' ' + first.token().getString("tokenPrefix"));
    browser.awaitAddress(AUDIT + "?token=" + first.id());
    assertTrue(export().contains("tokenId=" + first.id()), export());
    field.sendKeys(Keys.BACK_SPACE, Keys.BACK_SPACE);
    browser.press(Keys.ESCAPE);
    awaitField(field, first.name());
    assertEquals(AUDIT + "?token=" + first.id(), browser.address());

    // A name that is typed in full counts as chosen, even if the field is left at once.
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), second.name(), Keys.TAB);
    browser.awaitAddress(AUDIT + "?token=" + second.id());
    awaitField(field, second.name());
    picture("audit-token");

    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.BACK_SPACE);
    browser.awaitAddress(AUDIT);
  }

  @Test
  void nameThatIsNoUsernameIsExplained() {
    openAs("alice", AUDIT + "?kind=personal");
    WebElement field = browser.find("combobox", "User");
    field.sendKeys("Carol Lindt", Keys.TAB);
    browser.awaitText("“Carol Lindt” is not a username.");
    assertEquals(AUDIT + "?kind=personal", browser.address());
    browser.type(field, "erin");
    browser.click("option", "erin exact name");
    browser.awaitAddress(AUDIT + "?kind=personal&user=erin");
    browser.find("heading", "No event matches");
  }

  /** Waits for the address only, not for the events. */
  private void awaitAddressOfFilter(String query) {
    browser.until(() -> browser.address().equals(AUDIT + query), browser::address);
  }

  @Test
  void exportUsesTheNewFilterAtOnce() {
    openAs("alice", AUDIT);
    browser.find(By.cssSelector("details.event"));
    application.pause(); // the events of the new filter do not arrive
    try {
      browser.find("combobox", "By").sendKeys("ali");
      browser.click("option", "alice user:default/alice");
      awaitAddressOfFilter("?actor=user%3Adefault%2Falice");
      assertTrue(export().contains("actor=user%3Adefault%2Falice"), export());
      WebElement field = browser.find("combobox", "By");
      field.sendKeys(Keys.chord(Keys.CONTROL, "a"), "judy", Keys.TAB);
      awaitAddressOfFilter("?actor=judy");
      assertTrue(export().contains("actor=judy"), export());
    } finally {
      application.resume();
    }
  }

  @Test
  void timeSpansEndNowOrAreEntered() {
    openAs("alice", AUDIT);
    browser.find(By.cssSelector("details.event"));
    assertTrue(!browser.has("textbox", "From"), "dates without a custom span");
    for (String span : List.of("24 h", "30 d")) {
      browser.find("radio", span).click();
      browser.awaitAddress(AUDIT + "?span=" + span.replace(" ", ""));
      browser.awaitText("Service token events from");
    }
    LocalDate before = LocalDate.now(ZoneOffset.UTC);
    browser.find("radio", "7 d").click();
    browser.awaitAddress(AUDIT + "?span=7d");
    String export = export();
    // The day can end before the page computes the start.
    LocalDate after = LocalDate.now(ZoneOffset.UTC);
    assertTrue(
        Stream.of(before, after).anyMatch(day -> export.contains("from=" + day.minusDays(7))),
        export);
    browser.find("radio", "Custom").click();
    browser.until(() -> browser.address().contains("from="), browser::address);
    WebElement from = browser.find(By.cssSelector("input[name=from]"));
    assertTrue(from.isDisplayed(), "the dates of the custom span are hidden");
    picture("audit-custom");
    assertTrue(
        browser
            .address()
            .endsWith(
                "from="
                    + Browser.valueOf(from)
                    + "&to="
                    + Browser.valueOf(browser.find(By.cssSelector("input[name=to]")))),
        browser.address());
    browser.find("radio", "All").click();
    browser.awaitAddress(AUDIT);
  }

  @Test
  void valuesThatCannotBeShownAreIgnored() {
    openAs("alice", AUDIT);
    browser.open(AUDIT + "?from=yesterday&event=created");
    browser.awaitAddress(AUDIT + "?event=created");
    browser.find(By.cssSelector("details.event"));

    browser.find("radio", "Custom").click();
    WebElement from = browser.find(By.cssSelector("input[name=from]"));
    from.sendKeys("01");
    browser.run("arguments[0].blur()", from);
    assertEquals(false, browser.run("return arguments[0].validity.badInput", from));

    // Until the year has four digits, the field has the value of an early year.
    browser.driver().executeCdpCommand("Page.resetNavigationHistory", Map.of());
    from.sendKeys("11202020");
    browser.awaitAddress(AUDIT + "?event=created&from=2020-11-20");
    assertEquals(2L, browser.run("return history.length"));

    browser.open(LIST + "?used=sometimes&status=active");
    browser.awaitAddress(LIST + "?status=active");
    browser.row(first.name());
  }

  /** Makes the pages search for groups, because a list of choices would be too long. */
  private static final String MANY_GROUPS =
      """
      const real = window.fetch;
      window.fetch = async (target, options) => {
        const response = await real(target, options);
        return String(target).includes('/groups?')
          ? Response.json({ ...(await response.json()), truncated: true })
          : response;
      };
      """;

  @Test
  void groupFilterTakesNoPartOfAName() {
    openAs("alice", AUDIT);
    withScript(
        MANY_GROUPS,
        () -> {
          browser.open(AUDIT);
          WebElement field = browser.find(By.cssSelector("input[name=groupEntityRef]"));
          field.sendKeys("pay");
          browser.find("option", "Payments group:default/payments");
          assertEquals(AUDIT, browser.address());
          field.sendKeys("x", Keys.TAB);
          awaitField(field, "");
          assertEquals(AUDIT, browser.address());
          // A ref that is typed in full counts, even if no group has it.
          field.sendKeys("group:default/other", Keys.TAB);
          browser.awaitAddress(AUDIT + "?groupEntityRef=group%3Adefault%2Fother");
        });
  }

  @Test
  void checkpointKeyAndProofsAreOffered() {
    tokens.loggedEvents(first.id());
    openAs("bob", AUDIT + "?token=" + first.id());
    browser.awaitText("of the transparency log");
    assertTrue(
        href("Checkpoint").endsWith("/api/access-tokens/log/checkpoint"), href("Checkpoint"));
    assertTrue(href("Verifier key").endsWith("/api/access-tokens/log/key"), href("Verifier key"));
    browser.find(By.cssSelector("details.event summary")).click();
    assertTrue(href("Proof").endsWith("/proof"), href("Proof"));
    assertTrue(href("Proof").contains(first.id() + "/audit/"), href("Proof"));
    browser.screenshot("audit-proof");
  }

  private String href(String link) {
    return String.valueOf(browser.find("link", link).getDomProperty("href"));
  }

  @Test
  void troubleOfTheLogIsShownOnTheAuditPageAndTheOverview() {
    openAs("bob", AUDIT);
    browser.find(By.cssSelector("details.event"));
    withScript(
        TROUBLE,
        () -> {
          for (String page : List.of(AUDIT, LIST + "/overview")) {
            browser.open(page);
            browser.awaitText("The stored transparency log is damaged");
            browser.awaitText("the stored log is damaged");
            browser.awaitText("The witness witness.example/w1 has seen another history");
            assertEquals(
                2,
                browser.driver().findElements(By.cssSelector(".note-bad[role=alert]")).size(),
                page);
            browser.screenshot("log-trouble");
          }
        });
  }

  /** Replaces the state of the log by one with damage and with a fork. */
  private static final String TROUBLE =
      """
      const real = window.fetch;
      window.fetch = (target, options) =>
        String(target.url ?? target).includes('/log/status')
          ? Promise.resolve(Response.json({
              size: 7, verifiedSize: 7, verifiedAt: null, waiting: 3, waitingIsLowerBound: false,
              lagSeconds: 90, late: true, damage: 'the stored log is damaged',
              witnesses: [{ name: 'witness.example/w1', forked: true, problem: 'has more entries' }],
            }))
          : real(target, options);
      """;
}
