package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

/** Tests the views of all tokens: their number, and their audit events. */
class ReportPagesIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";

  private static final String FETCH =
      "const done = arguments[arguments.length - 1];"
          + "fetch(arguments[0]).then((it) => it.text()).then(done, (e) => done(String(e)));";

  private final TestToken revoked = tokens.create();

  @BeforeEach
  void makeTokens() {
    IntStream.range(0, 55).forEach(i -> tokens.create(TokenRequest.good()));
    tokens.create(TokenRequest.good().of("payments").with("expiresInDays", "3"));
    tokens.revoke(revoked.id());
  }

  private List<String> rows() {
    return browser.driver().findElements(By.cssSelector("tbody tr")).stream()
        .map(WebElement::getText)
        .toList();
  }

  @Test
  void overviewNumbersEqualTheLinkedLists() {
    openAs("alice", LIST + "/overview");
    browser.find("heading", "By group");
    browser.screenshot("overview-many");
    JsonObject overview = api.as("alice").get(ServiceTokens.PATH + "/overview").ok();
    for (String query : List.of("status=expiring", "status=revoked", "used=never")) {
      browser.open(LIST + "/overview");
      WebElement link = browser.find(By.cssSelector("nav.counts a[href$='?" + query + "']"));
      String count = link.findElement(By.tagName("b")).getText();
      link.click();
      browser.awaitAddress(LIST + '?' + query);
      browser.awaitText(count + (count.equals("1") ? " token matches" : " tokens match"));
    }
    assertTrue(overview.getInt("neverUsed") > 50, overview::toString);
  }

  @Test
  void auditEventsAreFilteredPagedAndExported() {
    openAs("alice", LIST + "/audit");
    browser.until(() -> rows().size() == 50, () -> "rows: " + rows());
    browser.click("link", "Older");
    browser.until(() -> browser.address().contains("after="), () -> browser.address());
    browser.driver().navigate().back();
    browser.until(() -> browser.address().equals(LIST + "/audit"), () -> browser.address());
    new Select(browser.find("combobox", "Event")).selectByVisibleText("Revoked");
    browser.until(() -> browser.address().contains("event=revoked"), () -> browser.address());
    browser.until(
        () -> !rows().isEmpty() && rows().stream().allMatch(row -> row.contains("Revoked")),
        () -> "rows: " + rows());
    WebElement row = browser.row(revoked.name());
    assertTrue(row.getText().contains("no longer needed"), row.getText());
    browser.screenshot("audit-filtered");
    String link = Objects.requireNonNull(browser.find("link", "Export CSV").getDomProperty("href"));
    assertTrue(link.contains("event=revoked"), link);
    String csv = String.valueOf(browser.driver().executeAsyncScript(FETCH, link));
    List<String> lines = csv.lines().toList();
    assertTrue(lines.get(0).startsWith("id,occurredAt,event,"), csv);
    assertEquals(rows().size(), lines.size() - 1);
    assertTrue(lines.get(1).contains(revoked.id()), csv);
  }

  @Test
  void tokenPageShowsUsageByDay() {
    TestToken made = tokens.create();
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).ok();
    tokens.revoke(made.id());
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    String usage = ServiceTokens.path(made.id()) + "/usage";
    browser.until(
        () -> api.as("alice").get(usage).ok().getJsonObject("refused").getInt("count") > 0,
        () -> "the use is not shown");
    openAs("alice", LIST + '/' + made.id());
    browser.find(By.cssSelector("figure svg rect.mark"));
    browser.find(By.cssSelector("figure svg rect.mark-bad"));
    browser.click("link", "All events");
    browser.until(() -> rows().size() == 2, () -> "rows: " + rows());
    browser.awaitText(made.name());
  }
}
