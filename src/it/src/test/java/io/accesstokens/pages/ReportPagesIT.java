package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests the views of all tokens: their number, and their audit events. */
class ReportPagesIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";

  private static final String FETCH =
      "const done = arguments[arguments.length - 1];"
          + "fetch(arguments[0]).then((it) => it.text()).then(done, (e) => done(String(e)));";

  /** Makes the overview have more ended secrets than the API lists. */
  private static final String MORE_ENDED =
      """
      const real = window.fetch;
      window.fetch = async (target, options) => {
        const response = await real(target, options);
        if (!String(target).endsWith('/overview')) {
          return response;
        }
        const overview = await response.json();
        overview.usedAfterEnd.more = true;
        return Response.json(overview);
      };
      """;

  private final TestToken revoked = tokens.create();

  @BeforeEach
  void makeTokens() {
    tokens.create(TokenRequest.good().of("payments").with("expiresInDays", "3"));
    tokens.revoke(revoked.id());
  }

  /** Creates more tokens, and so more events, than a page of a list has. */
  private void makeManyTokens() {
    IntStream.range(0, 55).forEach(i -> tokens.create(TokenRequest.good()));
  }

  private List<String> events() {
    return browser.texts(By.cssSelector("details.event summary"));
  }

  @Test
  void overviewNumbersEqualTheLinkedLists() {
    makeManyTokens();
    openAs("alice", LIST + "/overview");
    browser.find("heading", "By group");
    picture("overview-many");
    JsonObject overview = api.as("alice").get(ServiceTokens.PATH + "/overview").ok();
    for (String query : List.of("status=expiring", "status=revoked")) {
      browser.open(LIST + "/overview");
      WebElement link = browser.find(By.cssSelector(".fleet a[href$='?" + query + "']"));
      String count = link.findElement(By.tagName("strong")).getText();
      link.click();
      browser.awaitAddress(LIST + '?' + query);
      browser.awaitText(count + (count.equals("1") ? " token matches" : " tokens match"));
    }
    assertTrue(overview.getInt("neverUsed") > 50, overview::toString);
  }

  @Test
  void overviewTintsOnlyWhatNeedsActionAndLeadsToIt() {
    openAs("alice", LIST + "/overview");
    WebElement week = card("Expire within 7 days");
    assertEquals("is-warn", week.getDomAttribute("class"));
    // New tokens are not used yet, so none of them counts as "not in use".
    WebElement unused = card("Not in use");
    assertEquals("0", unused.findElement(By.tagName("b")).getText());
    assertEquals(null, unused.getDomAttribute("class"));
    // The page shows only the tokens with the most refused uses.
    for (int i = 0; i < 5; i++) {
      api.bearer(revoked.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
    }
    browser.until(
        () -> {
          JsonObject used =
              api.as("alice")
                  .get(ServiceTokens.PATH + "/overview")
                  .ok()
                  .getJsonObject("usedAfterEnd");
          return used.toString().contains(revoked.id());
        },
        () -> "the use is not reported");
    withScript(
        MORE_ENDED,
        () -> {
          browser.open(LIST + "/overview");
          String text = card("Ended secrets still tried").getText();
          assertTrue(text.matches("(?s)[0-9]+\\+.*First [0-9]+: Refused .*"), text);
        });
    browser.open(LIST + "/overview");
    assertEquals("is-bad", card("Ended secrets still tried").getDomAttribute("class"));
    WebElement ended = browser.find("region", "Ended secrets still tried");
    assertTrue(ended.getText().contains("127.0.0.1"), ended.getText());
    browser.find("region", "Use of all tokens, 90 days");
    check("overview-ended");
    WebElement bar = browser.find(By.cssSelector("section[aria-labelledby=line-heading] svg a"));
    bar.findElement(By.cssSelector("rect.mark-warn")).click();
    browser.until(
        () -> browser.address().startsWith(LIST + "?status=expiring&expires="),
        () -> browser.address());
    browser.find(By.cssSelector("tbody tr[data-id]"));
  }

  /** The days of the bars are in UTC, and the browser is in another time zone. */
  @Test
  void barOpensTheTokensThatItCounts() {
    LocalDate day = LocalDate.now(ZoneOffset.UTC).plusDays(20);
    Instant midnight = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant end = midnight.plus(Duration.ofDays(1));
    TestToken before = tokens.create(expiringAt(midnight.minusMillis(1)));
    TestToken first = tokens.create(expiringAt(midnight));
    TestToken last = tokens.create(expiringAt(end.minusMillis(1)));
    TestToken after = tokens.create(expiringAt(end));
    tokens.revoke(tokens.create(expiringAt(midnight)).id());
    openAs("alice", LIST + "/overview");
    WebElement bar = browser.find(By.cssSelector("svg a[href*='expires=" + day + "']"));
    String count = bar.findElement(By.cssSelector("text.count")).getText();
    bar.findElement(By.cssSelector("rect.mark")).click();
    browser.awaitAddress(LIST + "?status=expiring&expires=" + day + "&sort=expiresAt");
    browser.row(last.name());
    List<String> names = names();
    assertEquals(count, String.valueOf(names.size()), names::toString);
    assertTrue(names.containsAll(List.of(first.name(), last.name())), names::toString);
    assertFalse(names.contains(before.name()), names::toString);
    assertFalse(names.contains(after.name()), names::toString);
    String filter = browser.find(By.cssSelector("form.filters")).getText();
    // One day, not a range of two.
    String text =
        "(?s).*Expires\\s+[^\u2013]*\\b" + day.getDayOfMonth() + "\\b[^\u2013]*\\(UTC\\).*";
    assertTrue(filter.matches(text), filter);
    check("list-expires");
    browser.look(390, false);
    browser.find("button", "Filters (2)");
    browser.lookAsEver();
    browser.click("button", "Remove filter: Expires");
    browser.awaitAddress(LIST + "?status=expiring&sort=expiresAt");
    browser.awaitFocus("Search");
    browser.row(before.name());
    assertFalse(browser.has("button", "Remove filter: Expires"), "the filter is still shown");
    browser.driver().navigate().back();
    browser.find("button", "Remove filter: Expires");
    for (String wrong : List.of("2027-02-30", "2027-03-02..2027-03-01", "soon")) {
      browser.open(LIST + "?expires=" + wrong);
      browser.awaitAddress(LIST);
      browser.awaitLoaded();
    }
  }

  @Test
  void numbersOfWeeksEqualTheLinkedLists() {
    LocalDate lastDay = LocalDate.now(ZoneOffset.UTC).plusDays(7);
    Instant end = lastDay.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    tokens.create(expiringAt(end.minusMillis(1)));
    tokens.create(expiringAt(end));
    openAs("alice", LIST + "/overview");
    browser.find(By.cssSelector("svg a[href*='expires=" + lastDay + "'] rect.mark-warn"));
    browser.find(By.cssSelector("svg a[href*='expires=" + lastDay.plusDays(1) + "'] rect.mark"));
    WebElement card = card("Expire within 7 days");
    String count = card.findElement(By.tagName("b")).getText();
    String query = ServiceTokens.PATH + "?status=expiring&limit=0&expiresBefore=" + end;
    int expected = api.as("alice").get(query).ok().getInt("total");
    assertEquals(String.valueOf(expected), count);
    card.click();
    awaitExpiring(count);
    browser.look(390, false);
    int weeks = 4;
    for (int week = 0; week < weeks; week++) {
      browser.open(LIST + "/overview");
      String links = "section[aria-labelledby=line-heading] li";
      browser.until(
          () -> browser.driver().findElements(By.cssSelector(links)).size() == weeks,
          browser::text);
      WebElement link = browser.find(By.cssSelector(links + ":nth-child(" + (week + 1) + ") a"));
      String number = link.findElement(By.tagName("strong")).getText();
      link.click();
      awaitExpiring(number);
    }
  }

  private void awaitExpiring(String count) {
    browser.until(() -> browser.address().contains("&expires="), browser::address);
    String text = "(?s).*(?<![\\d,])" + count + " tokens? match.*";
    browser.until(
        () -> browser.text().matches(text), () -> count + " are not in " + browser.text());
  }

  private static TokenRequest expiringAt(Instant instant) {
    return TokenRequest.good().withText("expiresAt", instant.toString());
  }

  private List<String> names() {
    return browser.texts(By.cssSelector("tbody th a"));
  }

  private WebElement card(String label) {
    return browser.find(
        By.xpath("//nav[@aria-label='What needs attention']/a[strong='" + label + "']"));
  }

  @Test
  void auditEventsAreFilteredPagedAndExported() {
    makeManyTokens();
    openAs("alice", LIST + "/audit");
    browser.until(() -> events().size() == 50, () -> "events: " + events());
    String day = browser.find(By.cssSelector("h2.day")).getText();
    assertTrue(day.startsWith("Today"), day);
    browser.click("link", "Older");
    browser.until(() -> browser.address().contains("after="), () -> browser.address());
    browser.driver().navigate().refresh();
    browser.until(
        () -> chip("All").getText().matches("All\\s+[0-9,]+\\+?"), () -> chip("All").getText());
    browser.driver().navigate().back();
    browser.until(() -> browser.address().equals(LIST + "/audit"), () -> browser.address());
    WebElement chip = chip("Revoked");
    String count = chip.findElement(By.cssSelector(".n")).getText();
    chip.click();
    browser.until(() -> browser.address().contains("event=revoked"), () -> browser.address());
    browser.until(
        () -> !events().isEmpty() && events().stream().allMatch(event -> event.contains("Revoked")),
        () -> "events: " + events());
    assertEquals("true", chip.getDomAttribute("aria-pressed"));
    String query = ServiceTokens.PATH + "/audit?event=revoked&limit=1";
    int total = api.as("alice").get(query).ok().getInt("total");
    assertEquals(String.valueOf(total), count);
    assertEquals(Math.min(total, 50), events().size());
    assertTrue(
        events().stream()
            .anyMatch(
                event -> event.contains(revoked.name()) && event.contains("no longer needed")),
        () -> "events: " + events());
    picture("audit-filtered");
    String link = Objects.requireNonNull(browser.find("link", "Export CSV").getDomProperty("href"));
    assertTrue(link.contains("event=revoked"), link);
    String csv = String.valueOf(browser.driver().executeAsyncScript(FETCH, link));
    List<String> lines = csv.lines().toList();
    assertTrue(lines.get(0).startsWith("id,occurredAt,event,"), csv);
    assertEquals(total, lines.size() - 1);
    assertTrue(lines.get(1).contains(revoked.id()), csv);
  }

  @Test
  void administratorSeesAndExportsTheEventsOfPersonalTokens() {
    TestToken made = new PersonalTokens(api.as("dave")).create();
    openAs("alice", LIST + "/audit");
    browser.awaitText("All service token events: choose a time span to export less");
    browser.find("radio", "Personal tokens").click();
    browser.awaitAddress(LIST + "/audit?kind=personal");
    browser.find("radio", "7 d").click();
    browser.awaitText("Personal token events from");
    browser.until(
        () ->
            events().stream()
                .anyMatch(event -> event.contains("Created") && event.contains(made.name())),
        () -> "events: " + events());
    check("audit-personal");
    String link = Objects.requireNonNull(browser.find("link", "Export CSV").getDomProperty("href"));
    String csv = String.valueOf(browser.driver().executeAsyncScript(FETCH, link));
    assertTrue(csv.contains(made.id() + ',' + made.name()), csv);
    signOut();
    openAs("bob", LIST + "/audit");
    browser.open(LIST + "/audit?kind=personal");
    browser.awaitAddress(LIST + "/audit");
    browser.find(By.cssSelector("details.event"));
    assertFalse(browser.has("radio", "Personal tokens"), "offered to an auditor");
  }

  private WebElement chip(String kind) {
    return browser.find(
        By.xpath("//button[contains(@class, 'chip')][starts-with(., '" + kind + "')]"));
  }

  @Test
  void eventHasItsJsonAndAPermanentAddress() {
    openAs("alice", LIST + "/audit?token=" + revoked.id());
    browser.until(() -> events().size() == 2, () -> "events: " + events());
    WebElement event = browser.find(By.cssSelector("details.event"));
    event.findElement(By.tagName("summary")).click();
    By block = By.tagName("pre");
    String json = browser.await(() -> event.findElement(block), () -> "no JSON").getText();
    assertTrue(json.contains("\"reason\": \"no longer needed\""), json);
    browser.find(event, "button", "Copy JSON");
    check("audit-event");
    browser.click(event, "button", "Copy link to this event");
    String address = LIST + "/audit?id=" + event.getDomAttribute("id");
    browser.until(() -> event.getText().contains(address), event::getText);
    signOut();
    openAs("bob", address);
    browser.awaitText("This page shows one event.");
    picture("audit-one");
    browser.until(() -> events().size() == 1, () -> "events: " + events());
    browser.find(browser.find(By.cssSelector("details.event[open]")), "link", "Open token");
    browser.click("link", "Show all events");
    browser.until(() -> events().size() > 2, () -> "events: " + events());
    String theirs =
        api.as("alice")
            .get(ServiceTokens.PATH + "/audit?groupEntityRef=payments&limit=1")
            .ok()
            .getJsonArray("events")
            .getJsonObject(0)
            .getString("id");
    signOut();
    openAs("carol", LIST + "/audit?id=" + theirs);
    browser.find("heading", "Event not found");
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
    browser.find(By.cssSelector("figure svg rect.mark-weak"));
    browser.find(By.cssSelector("figure svg rect.mark-bad"));
    browser.click("link", "All 2 events");
    browser.until(() -> events().size() == 2, () -> "events: " + events());
    browser.awaitText(made.name());
  }
}
