package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

/** Tests filters, search, order and pages of the list, which are all part of the address. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenListPageIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final int MANY = 60;
  private static final double MAX_SHIFT = 0.02;

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

  private String selectedGroup() {
    return new Select(browser.find("combobox", "Group")).getFirstSelectedOption().getText();
  }

  private List<String> names() {
    return browser.texts(By.cssSelector("tbody th a"));
  }

  private void awaitNames(int count, String first) {
    browser.until(
        () -> {
          List<String> names = names();
          return names.size() == count && names.get(0).equals(first);
        },
        () -> "names: " + names());
  }

  private String numbered(int number) {
    return "%s-%02d".formatted(word, number);
  }

  @Test
  void filtersAreInTheAddressAndTheBackButtonUndoesThem() {
    openAs("alice", LIST);
    browser.type("searchbox", "Search", word);
    browser.awaitAddress(LIST + "?q=" + word);
    awaitNames(50, numbered(59));
    browser.select("Status", "Under 30 days left");
    awaitNames(10, numbered(9));
    browser.select("Group", "Payments");
    awaitNames(4, numbered(9));
    String bookmark = browser.address();
    assertTrue(bookmark.contains("status=expiring"), bookmark);
    assertTrue(bookmark.contains("groupEntityRef=group%3Adefault%2Fpayments"), bookmark);
    picture("list-filtered");

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
    browser.until(() -> "Payments".equals(selectedGroup()), this::selectedGroup);
    browser.click("button", "Clear filters");
    browser.until(() -> browser.address().equals(LIST), () -> browser.address());
  }

  private void selectAllThatMatch() {
    browser.find("checkbox", "Select all on this page").click();
    browser.awaitText("50 selected");
    browser.click("button", "Select all 60 that match");
  }

  private void searchForAll() {
    openAs("alice", LIST);
    browser.type("searchbox", "Search", word);
    browser.awaitAddress(LIST + "?q=" + word);
    awaitNames(50, numbered(59));
  }

  /**
   * Otherwise, the tokens of one filter could be revoked with the description of another filter.
   */
  @Test
  void backButtonEndsTheSelectionOfAFilter() {
    searchForAll();
    selectAllThatMatch();
    browser.awaitText("60 selected (all that match)");
    browser.driver().navigate().back();
    browser.awaitAddress(LIST);
    assertFalse(browser.text().contains("selected"), browser.text());
  }

  /** Changes the order while the first of two pages of a selection is loading. */
  @Test
  void changedOrderDoesNotChangeALoadingSelection() {
    searchForAll();
    browser.run(
        """
        const { fetch } = window;
        window.pages = [];
        window.fetch = async (url, options) => {
          if (!url.includes('limit=500')) {
            return fetch(url, options);
          }
          window.pages.push(url);
          const page = await (await fetch(url.replace('&after=next', ''), options)).json();
          if (window.pages.length === 1) {
            await new Promise(resolve => { window.release = resolve; });
          }
          return Response.json({ ...page, next: window.pages.length === 1 ? 'next' : null });
        };
        """);
    selectAllThatMatch();
    browser.until(() -> browser.run("return window.release") != null, () -> "no page is loading");
    browser.click("link", "Name");
    awaitNames(50, numbered(0));
    browser.run("window.release()");
    browser.awaitText("60 selected (all that match)");
    List<?> pages = (List<?>) Objects.requireNonNull(browser.run("return window.pages"));
    assertEquals(2, pages.size());
    assertTrue(
        pages.stream().allMatch(it -> it.toString().contains("sort=-createdAt")), pages::toString);
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

  /** Otherwise, a user of the keyboard would have to find the row again. */
  @Test
  void focusReturnsToTheMenuOfTheRow() {
    openAs("alice", LIST + "?q=" + numbered(59));
    browser.choose(numbered(59), "Rotate…");
    browser.dialog("Rotate " + numbered(59));
    browser.press(Keys.ESCAPE);
    browser.awaitNoDialog();
    browser.awaitFocus("More actions");
    browser.choose(numbered(59), "Clone…");
    browser.dialog("Create service token");
    browser.press(Keys.ESCAPE);
    browser.click("button", "Discard");
    browser.awaitNoDialog();
    browser.awaitFocus("More actions");

    TestToken rotated = tokens.create();
    browser.open(LIST + "?q=" + rotated.name());
    browser.choose(rotated.name(), "Rotate…");
    WebElement dialog = browser.dialog("Rotate " + rotated.name());
    browser.click(dialog, "button", "Rotate token");
    SecretDialog.afterRotation(browser, rotated.name()).copyAndClose();
    browser.awaitFocus("More actions");
  }

  @Test
  void viewsLeadToTheirTokensAndOwnOnesAreKept() {
    openAs("alice", LIST);
    browser.awaitText("1–50 of");
    int expiring = tokens.list("limit=0&status=expiring").getInt("total");
    browser.click("link", "Under 30 days left " + expiring);
    browser.awaitAddress(LIST + "?status=expiring");
    assertEquals(
        "true",
        browser.find("link", "Under 30 days left " + expiring).getDomAttribute("aria-current"),
        "not the current view");
    int rotating = tokens.list("limit=0&rotating=true").getInt("total");
    browser.find("link", "Rotating " + rotating);

    browser.type("searchbox", "Search", word);
    browser.awaitAddress(LIST + "?status=expiring&q=" + word);
    awaitNames(10, numbered(9));
    browser.click("button", "Save view");
    browser.dialog("Save view");
    for (String token : List.of("bsat_0123456789ABCDefgh", "Bearer bsat_0123456789ABCDefgh")) {
      browser.press(Keys.chord(Keys.CONTROL, "a"), token, Keys.ENTER);
      browser.awaitText("This looks like a token. Enter another name.");
      browser.press(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
      browser.awaitText("Give the view a name.");
    }
    browser.press(Keys.chord(Keys.CONTROL, "a"), "Soon over", Keys.ENTER);
    browser.awaitNoDialog();
    browser.find("link", "Soon over 10");
    browser.open(LIST + "?sort=name");
    browser.click("link", "Soon over 10");
    awaitNames(10, numbered(9));
    assertEquals(LIST + "?q=" + word + "&status=expiring", browser.address());
    WebElement views = browser.find("navigation", "Saved views");
    browser.click("button", "Change view Soon over");
    browser.click(views, "menuitem", "Rename view");
    browser.dialog("Rename view");
    browser.press(Keys.chord(Keys.CONTROL, "a"), "Next month", Keys.ENTER);
    browser.find("link", "Next month 10");
    picture("list-views");
    browser.click("button", "Change view Next month");
    browser.click(views, "menuitem", "Delete view");
    browser.until(() -> !browser.text().contains("Next month"), () -> "the view stays");
  }

  @Test
  void rowShowsItsCreationAndTheTimeLeft() {
    TestToken made = tokens.create(TokenRequest.good().with("expiresInDays", "47"));
    openAs("alice", LIST + "?q=" + made.name());
    browser.look(1440, false);
    WebElement row = browser.row(made.name());
    assertTrue(row.getText().contains("in 47 days"), row::getText);
    assertEquals("alice", row.findElement(By.cssSelector(".c-by")).getText());
    browser.find("link", "Created");
    assertTrue(!row.findElement(By.cssSelector(".c-created")).getText().isBlank(), row::getText);
  }

  @Test
  void actionsOfARowAreOneTabStop() {
    openAs("alice", LIST + "?q=" + numbered(59));
    browser.row(numbered(59));
    browser.tabTo("button", "Revoke");
    browser.press(Keys.ARROW_RIGHT);
    browser.awaitFocus("More actions");
    browser.press(Keys.ENTER);
    browser.awaitFocus("Copy ID");
    browser.press(Keys.ARROW_UP);
    browser.awaitFocus("Revoke…");
    browser.press("c");
    browser.awaitFocus("Copy ID");
    browser.press(Keys.ESCAPE);
    browser.awaitFocus("More actions");
    browser.press(Keys.TAB);
    assertFalse(browser.focusedName().equals("Revoke"), "the group is two tab stops");
    browser.choose(numbered(59), "Clone…");
    WebElement dialog = browser.dialog("Create service token");
    browser.until(
        () -> !Browser.valueOf(browser.find(dialog, "textbox", "Description")).isEmpty(),
        () -> "the description is not copied");
    // "Revoke" is out of sight on a narrow screen until it has the focus.
    browser.look(768, false);
    browser.open(LIST + "?q=" + numbered(59));
    browser.row(numbered(59));
    browser.tabTo("button", "Revoke");
    browser.lookAsEver();
  }

  @Test
  void creatorsAreSuggestedAndAWrongOneIsExplained() {
    openAs("alice", LIST + "?q=" + word);
    awaitNames(50, numbered(59));
    WebElement creator = browser.find("combobox", "Created by");
    creator.sendKeys("Bob Example", Keys.ENTER);
    browser.awaitText("No user “Bob Example” has created a token that you can see.");
    assertEquals("true", creator.getDomAttribute("aria-invalid"));
    assertEquals(LIST + "?q=" + word, browser.address());
    browser.type(creator, "ali");
    browser.click("option", "alice user:default/alice");
    browser.awaitAddress(LIST + "?q=" + word + "&createdBy=user%3Adefault%2Falice");
    awaitNames(50, numbered(59));
    browser.expectRefusal(400);
    browser.open(LIST + "?createdBy=Bob+Example");
    browser.awaitText("No user “Bob Example” has created a token that you can see.");
    browser.find("heading", "No token matches");
  }

  /** The response to the request of the list can arrive before the name of the value. */
  @Test
  void valueThatIsRefusedBeforeItHasANameStaysRefused() {
    openAs("alice", LIST);
    Object problem =
        browser
            .driver()
            .executeAsyncScript(
                """
                const done = arguments[arguments.length - 1];
                import(document.querySelector('script[type=module]').src.replace(/[^/]*$/, 'filters.js'))
                  .then(async ({ comboFilter }) => {
                    const options = {
                      search: async () => [],
                      name: async (ref) => ({ value: ref, text: ref, note: '' }),
                    };
                    const filter = comboFilter('some', 'Some', options);
                    const named = filter.set('bob');
                    filter.refuse('No such user.');
                    await named;
                    done(filter.element.querySelector('[role=alert]').textContent);
                  })
                  .catch((failure) => done(String(failure)));
                """);
    assertEquals("No such user.", problem);
  }

  @Test
  void scrollPositionIsRestoredOnTheWayBack() {
    openAs("alice", LIST + "?q=" + word);
    awaitNames(50, numbered(59));
    browser.run("window.scrollTo(0, 1200)");
    browser.click("link", numbered(35));
    browser.find("heading", numbered(35));
    browser.driver().navigate().back();
    awaitNames(50, numbered(59));
    browser.until(
        () -> Objects.equals(browser.run("return Math.round(window.scrollY)"), scrolled()),
        () -> "at " + browser.run("return window.scrollY") + ", not at " + scrolled());
  }

  /** The position at which the browser clicked the link. */
  private Object scrolled() {
    return Objects.requireNonNull(
        browser.run(
            "return Math.round(JSON.parse(sessionStorage.getItem('access-tokens.scroll')).top)"));
  }

  @Test
  void rowsKeepTheirPlaceWhileTheyLoad() {
    openAs("alice", LIST + "?q=" + word);
    awaitNames(50, numbered(59));
    assertEquals(
        List.of(53L),
        browser.run(
            "return [...new Set([...document.querySelectorAll('tbody tr')].map(it =>"
                + " it.offsetHeight))]"));
    Object shift =
        browser
            .driver()
            .executeAsyncScript(
                """
                const done = arguments[0];
                new PerformanceObserver(list => done(list.getEntries()
                  .reduce((sum, it) => sum + (it.hadRecentInput ? 0 : it.value), 0)))
                  .observe({type: 'layout-shift', buffered: true});
                setTimeout(() => done(0), 500);
                """);
    assertTrue(
        ((Number) Objects.requireNonNull(shift)).doubleValue() <= MAX_SHIFT, "shift " + shift);
    browser.look(768, false);
    assertEquals(List.of("Name", "Status", "Expires", "Last used"), headings());
    browser.look(390, false);
    assertEquals(List.of(), headings());
    browser.click("button", "Filters (0)");
    browser.select("Sort", "Name, A to Z");
    awaitNames(50, numbered(0));
    browser.lookAsEver();
  }

  private List<String> headings() {
    return browser.texts(By.cssSelector("thead .sort"));
  }

  @Test
  void pastedTokenIsCutToItsPrefix() {
    TestToken pasted = tokens.create();
    String rawToken = pasted.rawToken();
    openAs("alice", LIST);
    browser.awaitText("1–50 of");
    paste(browser.find("searchbox", "Search"), rawToken);
    awaitNames(1, pasted.name());
    assertEquals(LIST + "?q=" + rawToken.substring(0, 12), browser.address());
    assertFalse(browser.state().contains(rawToken), "the token is stored");

    browser.press(Keys.chord(Keys.CONTROL, "k"));
    WebElement palette = browser.dialog("Search or jump to");
    paste(palette.findElement(By.tagName("input")), rawToken);
    browser.awaitText("Rotate " + pasted.name() + "…");
    // While a modal dialog is open, assistive technology reads nothing outside of it.
    browser.until(
        () -> String.valueOf(palette.getDomProperty("textContent")).contains("1 token found"),
        () -> "not announced in the dialog");
    Object requests =
        browser.run("return performance.getEntriesByType('resource').map(it => it.name).join()");
    assertFalse(String.valueOf(requests).contains(rawToken), "the token is in an address");
  }

  @Test
  void pastedTokenIsCutOutOfOtherText() {
    TestToken pasted = tokens.create();
    String rawToken = pasted.rawToken();
    String found = LIST + "?q=" + rawToken.substring(0, 12);
    openAs("alice", LIST);
    browser.awaitText("1–50 of");
    for (String start :
        List.of("Authorization: Bearer ", "Bearer%20", "ACCESS_TOKEN=\"", "TOKEN_", "(")) {
      paste(browser.find("searchbox", "Search"), start + rawToken + "\";");
      awaitNames(1, pasted.name());
      assertEquals(found, browser.address());
      assertFalse(browser.state().contains(rawToken), "the token is stored");
      browser.click("button", "Clear filters");
      browser.awaitAddress(LIST);
    }
    String words = "kubernetes_cluster_autoscaler_of_the_payments_platform_2 Team_A";
    paste(browser.find("searchbox", "Search"), words);
    browser.find("heading", "No token matches “" + words + "”");
    browser.open(LIST + "?q=Bearer+" + rawToken);
    awaitNames(1, pasted.name());
  }

  private void paste(WebElement field, String text) {
    browser.run(
        "arguments[0].value = arguments[1];"
            + "arguments[0].dispatchEvent(new Event('input', {bubbles: true}));",
        field,
        text);
  }

  /** Otherwise, the user could take all tokens for those of the groups, and revoke them. */
  @Test
  void userWithoutGroupsHasNoTokensOfMyGroups() {
    openAs("alice", LIST + "?groupEntityRef=mine");
    browser.find("heading", "No token matches");
    assertEquals(List.of(), names());
    browser.until(() -> "My groups".equals(selectedGroup()), this::selectedGroup);
  }

  /** The refs of many groups are longer than the address of a call may be. */
  @Test
  void userWithManyGroupsHasNoViewOfMyGroups() {
    openAs("alice", LIST);
    withScript(
        """
        {
          const { fetch } = window;
          window.fetch = async (url, options) => {
            const response = await fetch(url, options);
            if (!String(url).endsWith('/session')) {
              return response;
            }
            const groups = Array.from({length: window.name || 200}, (_, at) => ({groupEntityRef: 'group:default/team-' + at}));
            return Response.json({...await response.json(), groups});
          };
        }
        """,
        () -> {
          browser.open(LIST + "?q=" + word);
          awaitNames(50, numbered(59));
          assertFalse(browser.text().contains("My groups"), "the view cannot work");
          browser.open(LIST + "?groupEntityRef=mine");
          browser.awaitText("You are in too many groups for this filter. Choose one group.");
          assertFalse(browser.has("button", "Try again"), "it cannot help");
          browser.find("button", "Clear filters");
          browser.run("window.name = '2'");
          browser.open(LIST + "?q=" + word);
          browser.find("link", "My groups 0");
          browser.run("window.name = ''");
        });
  }

  @Test
  void refusedSearchSaysWhatIsWrong() {
    openAs("alice", LIST);
    browser.awaitText("1–50 of");
    browser.expectRefusal(400);
    browser.open(LIST + "?q=" + "x".repeat(201));
    browser.awaitText("Search: must have 1 to 200 characters");
    assertFalse(browser.has("button", "Try again"), "it cannot help");
  }

  @Test
  void wrongValuesInTheAddressAreIgnored() {
    openAs("alice", LIST);
    browser.open(LIST + "?status=Active&sort=foo&offset=-50&q=" + word);
    awaitNames(50, numbered(59));
    browser.click("link", "Next");
    awaitNames(10, numbered(9));
    assertEquals(LIST + "?offset=50&q=" + word, browser.address());
  }

  @Test
  void emptyResultOffersTheNextStep() {
    openAs("alice", LIST + "?q=nothing-is-called-so&status=revoked");
    browser.find("heading", "No token matches “nothing-is-called-so”");
    browser.find("link", "Search all tokens for “nothing-is-called-so”").click();
    browser.until(() -> !browser.address().contains("status"), () -> browser.address());
    browser.click("button", "Show all tokens");
    browser.row(numbered(59));
    browser.open(LIST + "?expires=2020-01-01");
    browser.find("heading", "No token matches");
    browser.awaitText("Change the filters, or show all tokens.");
    browser.click("button", "Show all tokens");
    browser.row(numbered(59));
  }

  @Test
  void errorKeepsTheDisplayedList() {
    openAs("alice", LIST + "?q=" + word);
    awaitNames(50, numbered(59));
    browser.expectConsole("ERR_INTERNET_DISCONNECTED");
    withoutNetwork(
        () -> {
          browser.click("link", "Name");
          browser.awaitText("The list could not be updated");
          assertEquals(50, names().size());
          picture("list-error");
        });
    browser.click("button", "Try again");
    awaitNames(50, numbered(0));
    assertFalse(browser.text().contains("could not be updated"), browser.text());
  }
}
