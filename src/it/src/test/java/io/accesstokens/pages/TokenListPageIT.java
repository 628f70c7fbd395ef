package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.TokenRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

/** Tests filters, search, order and pages of the list, which are all part of the address. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenListPageIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final int MANY = 60;

  private final String word = "find" + Long.toString(System.nanoTime(), 36);

  @BeforeAll
  void makeTokens() {
    IntStream.range(0, MANY)
        .forEach(
            number ->
                tokens.create(
                    TokenRequest.good()
                        .named("%s-%02d".formatted(word, number))
                        .of(number % 3 == 0 ? "payments" : "platform")
                        .with("expiresInDays", number < 10 ? "10" : "300")));
  }

  private List<String> names() {
    return browser.driver().findElements(By.cssSelector("tbody th a")).stream()
        .map(WebElement::getText)
        .toList();
  }

  private void awaitNames(int count, String first) {
    browser.until(
        () -> names().size() == count && names().get(0).equals(first), () -> "names: " + names());
  }

  private String numbered(int number) {
    return "%s-%02d".formatted(word, number);
  }

  @Test
  void filtersAreInTheAddressAndTheBackButtonUndoesThem() {
    openAs("alice", LIST);
    browser.type("searchbox", "Search", word);
    awaitNames(50, numbered(59));
    assertEquals(LIST + "?q=" + word, browser.address());
    new Select(browser.find("combobox", "Status")).selectByVisibleText("Expiring");
    awaitNames(10, numbered(9));
    new Select(browser.find("combobox", "Group")).selectByVisibleText("Payments");
    awaitNames(4, numbered(9));
    String bookmark = browser.address();
    assertTrue(bookmark.contains("status=expiring"), bookmark);
    assertTrue(bookmark.contains("groupEntityRef=group%3Adefault%2Fpayments"), bookmark);
    browser.screenshot("list-filtered");

    browser.driver().navigate().back();
    awaitNames(10, numbered(9));
    browser.driver().navigate().back();
    awaitNames(50, numbered(59));
    browser.driver().navigate().back();
    browser.until(() -> browser.address().equals(LIST), () -> browser.address());
    browser.until(
        () -> "".equals(browser.find("searchbox", "Search").getDomProperty("value")),
        () -> "the search is still there");

    browser.open(bookmark);
    awaitNames(4, numbered(9));
    assertEquals(
        "Payments",
        new Select(browser.find("combobox", "Group")).getFirstSelectedOption().getText());
    browser.click("button", "Clear filters");
    browser.until(() -> browser.address().equals(LIST), () -> browser.address());
  }

  @Test
  void listIsSortedAndPaged() {
    openAs("alice", LIST + "?q=" + word);
    awaitNames(50, numbered(59));
    browser.click("link", "Name");
    awaitNames(50, numbered(0));
    assertEquals(
        "ascending", browser.find(By.xpath("//th[a[text()='Name']]")).getDomAttribute("aria-sort"));
    browser.click("link", "Next");
    awaitNames(10, numbered(50));
    browser.awaitText("51–60 of 60 tokens");
    assertTrue(browser.address().contains("offset=50"), browser.address());
    browser.click("link", "Name");
    awaitNames(50, numbered(59));
    browser.click("link", "Next");
    awaitNames(10, numbered(9));
    browser.driver().navigate().refresh();
    awaitNames(10, numbered(9));
    browser.click("link", "Previous");
    awaitNames(50, numbered(59));
  }

  @Test
  void emptyResultOffersTheNextStep() {
    openAs("alice", LIST + "?q=nothing-is-called-so&status=revoked");
    browser.find("heading", "No token matches “nothing-is-called-so”");
    browser.screenshot("list-no-match");
    browser.find("link", "Search all tokens for “nothing-is-called-so”").click();
    browser.until(() -> !browser.address().contains("status"), () -> browser.address());
    browser.click("button", "Show all tokens");
    browser.row(numbered(59));
  }

  @Test
  void errorKeepsTheDisplayedList() {
    openAs("alice", LIST + "?q=" + word);
    awaitNames(50, numbered(59));
    offline(true);
    browser.click("link", "Name");
    browser.awaitText("The list could not be updated");
    assertEquals(50, names().size());
    browser.screenshot("list-error");
    offline(false);
    browser.click("button", "Try again");
    awaitNames(50, numbered(0));
    assertFalse(browser.text().contains("could not be updated"), browser.text());
    browser.expectConsole("ERR_INTERNET_DISCONNECTED");
  }

  private void offline(boolean offline) {
    browser.driver().executeCdpCommand("Network.enable", Map.of());
    browser
        .driver()
        .executeCdpCommand(
            "Network.emulateNetworkConditions",
            Map.of(
                "offline",
                offline,
                "latency",
                0,
                "downloadThroughput",
                -1,
                "uploadThroughput",
                -1));
  }
}
