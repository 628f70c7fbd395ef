package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests what the list shows after several tokens were revoked together. */
class BulkRevocationIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final int ONE_PAGE = 50;

  /** Counts how often the live region gets a text that contains the argument. */
  private static final String COUNT_ANNOUNCEMENTS =
      """
      window.announced = [];
      new MutationObserver((records) => records.forEach((record) =>
        record.addedNodes.forEach((node) => window.announced.push(node.textContent)))
      ).observe(document.getElementById('announcer'), {childList: true});
      """;

  /**
   * Makes the list show 600 tokens that do not exist, and answers the calls for them. A revocation
   * is answered by a function of the test, which receives the ids and the number of the call.
   */
  private static final String MANY =
      """
      const { fetch } = window;
      const sample = JSON.parse(arguments[0]);
      const token = id => ({...sample, id, name: id, status: window.statusOfAll});
      window.statusOfAll = 'active';
      window.sent = [];
      window.mayRead = Promise.resolve();
      window.revoked = ids => Response.json({revoked: ids, alreadyRevoked: [], notFound: []});
      window.fetch = async (url, options = {}) => {
        const { pathname, searchParams } = new URL(url);
        const id = /many-[0-9]+$/.exec(pathname)?.[0];
        if (options.method === 'POST') {
          const { ids } = JSON.parse(options.body);
          window.sent.push(...ids);
          window.calls = (window.calls ?? 0) + 1;
          return window.revocation(ids, window.calls);
        }
        if (id) {
          await window.mayRead;
          return Response.json(token(id));
        }
        if (!pathname.endsWith('/service')) {
          return fetch(url, options);
        }
        const tokens = Array.from({length: 600}, (_, at) => token('many-' + at));
        const limit = Number(searchParams.get('limit'));
        return Response.json({tokens: limit === 500 ? tokens : tokens.slice(0, limit), total: 600, next: null});
      };
      window.dispatchEvent(new PopStateEvent('popstate'));
      """;

  /** Returns the texts of the buttons of the selection that another element covers. */
  private static final String COVERED =
      """
      return [...document.querySelectorAll('.selection button')].filter(button => {
        const {left, right, top, bottom} = button.getBoundingClientRect();
        return ![left + 4, right - 4].every(x => button.contains(document.elementFromPoint(x, (top + bottom) / 2)));
      }).map(button => button.textContent);
      """;

  /** Selects 600 tokens, and revokes them. The API revokes at most 500 of them in one call. */
  private WebElement revokeMany(String revocation) {
    TestToken sample = tokens.create();
    openAs("alice", LIST);
    browser.run("window.revocation = (ids, call) => " + revocation);
    browser.run(MANY, tokens.get(sample.id()).toString());
    browser.row("many-0");
    browser.find("checkbox", "Select all on this page").click();
    browser.click("button", "Select all 600 that match");
    browser.click("button", "Revoke 600 tokens");
    WebElement dialog = browser.dialog("Revoke 600 tokens");
    browser.type(browser.find(dialog, "textbox", "Reason"), "The project is over");
    browser.type(browser.find(dialog, "textbox", "Type 600 to confirm"), "600");
    browser.click(dialog, "button", "Revoke 600 tokens");
    return dialog;
  }

  private void select(TestToken... made) {
    for (TestToken one : made) {
      browser.click(() -> browser.row(one.name()), "checkbox", "Select " + one.name());
    }
  }

  private void revoke(int count) {
    browser.click("button", "Revoke " + count + " tokens");
    WebElement dialog = browser.dialog("Revoke " + count + " tokens");
    browser.type(browser.find(dialog, "textbox", "Reason"), "Several at once");
    browser.click(dialog, "button", "Revoke " + count + " tokens");
  }

  private long announcements(String text) {
    Object count =
        browser.run("return window.announced.filter(it => it.includes(arguments[0])).length", text);
    return ((Number) Objects.requireNonNull(count)).longValue();
  }

  @Test
  void resultStaysUntilItIsDismissed() {
    String word = TokenRequest.newName();
    TestToken first = tokens.create(TokenRequest.good().named(word + "-1"));
    TestToken second = tokens.create(TokenRequest.good().named(word + "-2"));
    TestToken before = tokens.create(TokenRequest.good().named(word + "-3"));
    openAs("alice", LIST + "?q=" + word);
    select(first, second, before);
    tokens.revoke(before.id());
    browser.run(COUNT_ANNOUNCEMENTS);
    revoke(3);
    browser.awaitNoDialog();
    WebElement result = browser.find("group", "2 tokens are revoked.");
    assertTrue(
        result.getText().contains("1 was already revoked: " + before.name()), result.getText());
    browser.until(
        () -> browser.row(first.name()).getText().contains("Revoked"), () -> browser.text());
    assertEquals(1, announcements("2 tokens are revoked. 1 was already revoked:"), "announcements");
    // The list's own announcement of its count does not remove the result from the live region.
    browser.until(() -> announcements("token") > 1, () -> "the count is not announced");
    assertTrue(
        String.valueOf(browser.run("return document.getElementById('announcer').textContent"))
            .contains("2 tokens are revoked."),
        "the announcement is gone");
    browser.run("window.scrollTo(0, 0)");
    check("revoke-result");
    browser.click("link", "Name");
    browser.awaitAddress(LIST + "?q=" + word + "&sort=name");
    browser.find("group", "2 tokens are revoked.");
    result.findElement(By.tagName("button")).click();
    browser.until(() -> !browser.has("group", "2 tokens are revoked."), () -> "the result stays");
  }

  /** A message stays until it is closed, and the user may select further tokens meanwhile. */
  @Test
  void messageDoesNotCoverTheSelection() {
    String word = TokenRequest.newName();
    TestToken first = tokens.create(TokenRequest.good().named(word + "-1"));
    TestToken second = tokens.create(TokenRequest.good().named(word + "-2"));
    openAs("alice", LIST + "?q=" + word);
    select(first);
    browser.click("button", "Revoke 1 token");
    WebElement dialog = browser.dialog("Revoke 1 token");
    browser.type(browser.find(dialog, "textbox", "Reason"), "No longer needed");
    browser.click(dialog, "button", "Revoke 1 token");
    browser.awaitNoDialog();
    browser.find("group", "1 token is revoked.");
    browser.until(
        () -> browser.row(first.name()).getText().contains("Revoked"), () -> browser.text());
    select(second);
    browser.find("button", "Revoke 1 token");
    for (int width : List.of(1000, 640, 320)) {
      // In a low window, the bar of the selection is at the bottom, as it is with many tokens.
      browser
          .driver()
          .executeCdpCommand(
              "Emulation.setDeviceMetricsOverride",
              Map.of("width", width, "height", 300, "deviceScaleFactor", 1, "mobile", false));
      assertEquals(List.of(), browser.run(COVERED), "covered buttons at " + width + " pixels");
    }
    browser.lookAsEver();
  }

  @Test
  void useSinceTheListWasLoadedIsShown() {
    TestToken used = tokens.create();
    TestToken unused = tokens.create();
    openAs("alice", LIST);
    select(used, unused);
    api.bearer(used.rawToken()).get(ServiceTokens.WHOAMI).ok();
    // The use is written some time after the response.
    Awaitility.await().until(() -> !tokens.get(used.id()).isNull("lastUsedAt"));
    browser.click("button", "Revoke 2 tokens");
    browser.awaitText("1 of them was used in the last 24 hours");
    assertFalse(browser.text().contains("the last state that the page loaded"), browser::text);
  }

  @Test
  void useInTheDialogIsMarkedAsOldIfItCannotBeReadAgain() {
    TestToken first = tokens.create();
    TestToken second = tokens.create();
    openAs("alice", LIST);
    select(first, second);
    browser.run(
        """
        const { fetch } = window;
        window.fetch = async (url, options) =>
          url.includes(arguments[0]) ? new Response('{}', { status: 503 }) : fetch(url, options);
        """,
        second.id());
    browser.click("button", "Revoke 2 tokens");
    browser.awaitText("None of them was used in the last 24 hours.");
    browser.awaitText("This is the last state that the page loaded.");
  }

  @Test
  void missingTokensAreNotCountedAsRevoked() {
    TestToken ofPlatform = tokens.create();
    TestToken ofPayments = tokens.create(TokenRequest.good().of("payments"));
    openAs("alice", LIST);
    select(ofPlatform, ofPayments);
    // The counts of the views are read in idle moments, and need a session.
    browser.until(
        () -> browser.driver().findElements(By.cssSelector("nav.views .n:empty")).isEmpty(),
        () -> "a view has no count");
    // From here on, the browser has a session of carol, who can see only the tokens of her group.
    // The server accepts the change, because the page no longer names its user.
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser
        .driver()
        .executeAsyncScript(
            """
            const { fetch } = window;
            window.fetch = (url, options) => {
              delete options?.headers?.['X-Session-User'];
              return fetch(url, options);
            };
            fetch('/api/access-tokens/session', {
              method: 'POST',
              headers: {'Content-Type': 'application/json', 'X-Requested-With': 'fetch'},
              body: JSON.stringify({username: 'carol', password: 'carol'}),
            }).then(arguments[0]);
            """);
    browser.expectRefusal(404);
    revoke(2);
    browser.awaitNoDialog();
    WebElement result = browser.find("group", "1 token is revoked.");
    assertTrue(
        result.getText().contains("1 was not found: " + ofPayments.name()), result.getText());
    assertEquals("active", tokens.get(ofPayments.id()).getString("status"));
    picture("revoke-result-missing");
  }

  @Test
  void allTokensThatMatchAreRevokedAfterTheirNumberIsTyped() {
    String word = TokenRequest.newName();
    IntStream.range(0, ONE_PAGE + 1)
        .forEach(number -> tokens.create(TokenRequest.good().named(word + '-' + number)));
    tokens.revoke(tokens.create(TokenRequest.good().named(word + "-ended")).id());
    openAs("alice", LIST + "?q=" + word);
    browser.find("checkbox", "Select all on this page").click();
    browser.awaitText("49 selected");
    browser.click("button", "Select all 52 that match");
    browser.awaitText("51 selected (all that match)");
    browser.run("window.scrollTo(0, 0)");
    picture("list-all-selected");
    browser.click("button", "Revoke 51 tokens");
    WebElement dialog = browser.dialog("Revoke 51 tokens");
    browser.awaitText("Search: “" + word + "”");
    browser.type(browser.find(dialog, "textbox", "Reason"), "The project is over");
    browser.click(dialog, "button", "Revoke 51 tokens");
    browser.awaitText("Type the number of tokens: 51.");
    check("revoke-all-matching");
    browser.type(browser.find(dialog, "textbox", "Type 51 to confirm"), "51");
    browser.click(dialog, "button", "Revoke 51 tokens");
    browser.awaitNoDialog();
    browser.find("group", "51 tokens are revoked.");
    assertEquals(0, tokens.list("limit=0&live=true&q=" + word).getInt("total"));
    browser.until(() -> !browser.text().contains("51 selected"), () -> "the selection stays");
  }

  /** Both the check of the lost call and its repetition find its outcome. */
  @Test
  void repetitionDuringTheCheckSkipsNoToken() {
    WebElement dialog =
        revokeMany(
            """
            {
              if (call === 1) {
                window.mayRead = new Promise(resolve => { window.openReads = resolve; });
                return new Response('{}', {status: 502});
              }
              return call > 2 ? window.revoked(ids) : new Promise(resolve => {
                window.answer = () => resolve(Response.json({revoked: [], alreadyRevoked: ids, notFound: []}));
              });
            }""");
    browser.awaitText("Checking…");
    browser.click(dialog, "button", "Revoke 600 tokens");
    browser.until(() -> browser.run("return window.answer") != null, () -> "no second call");
    browser.run("window.statusOfAll = 'revoked'; window.openReads()");
    browser.awaitText("500 of 600 done."); // the check has found the revocation
    browser.run("window.answer()");
    browser.awaitNoDialog();
    assertEquals(600L, browser.run("return new Set(window.sent).size"));
    browser.find("group", "600 tokens are revoked.");
  }

  @Test
  void tokensOfACallWithoutAResponseHaveAnUnknownState() {
    WebElement dialog =
        revokeMany("call === 1 ? window.revoked(ids) : new Response('{}', {status: 502})");
    browser.awaitText("100 of 600 tokens are still valid.");
    browser.click(dialog, "button", "Cancel");
    browser.click(browser.find(dialog, "alertdialog", "Discard your input?"), "button", "Discard");
    WebElement result = browser.find("group", "500 tokens are revoked.");
    assertTrue(
        result
            .getText()
            .contains("The state of 100 tokens is unknown until you reload the page: many-500"),
        result.getText());
    assertFalse(result.getText().contains("you stopped"), result.getText());
    browser.run("window.scrollTo(0, 0)");
    check("revoke-result-unknown");
  }

  @Test
  void tokenThatWasRevokedElsewhereCannotBeRevoked() {
    TestToken token = tokens.create();
    openAs("alice", LIST + "?q=" + token.name());
    browser.click(() -> browser.row(token.name()), "button", "Revoke");
    WebElement dialog = browser.dialog("Revoke token");
    browser.type(browser.find(dialog, "textbox", "Reason"), "No longer needed");
    tokens.revoke(token.id());
    browser.expectRefusal(409);
    browser.click(dialog, "button", "Revoke");
    browser.awaitText("The token was already revoked. Nothing is left to do.");
    assertEquals(List.of(), browser.all(dialog, "button", "Revoke"));
    browser.click(dialog, "button", "Close");
    browser.awaitNoDialog();
  }

  @Test
  void refusedCallRevokesNothing() {
    TestToken first = tokens.create();
    TestToken second = tokens.create();
    openAs("alice", LIST);
    select(first, second);
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.expectRefusal(401);
    revoke(2);
    browser.awaitText("You are signed out");
    assertEquals("active", tokens.get(first.id()).getString("status"));
  }

  /** The API reports a token that the user may only read as "not found"; the page then reads it. */
  @Test
  void tokenThatMayOnlyBeReadIsRefused() {
    TestToken readable = tokens.create();
    openAs("bob", LIST);
    Object kinds =
        browser
            .driver()
            .executeAsyncScript(
                """
                const [id, done] = arguments;
                const at = document.querySelector('script[src]').src.replace(/[^/]*$/, 'revoked.js');
                import(at)
                  .then((it) => it.resultOf([{id}, {id: 'gone'}], {revoked: [], alreadyRevoked: [], notFound: [id]}))
                  .then((it) => done(Object.keys(it).filter(kind => it[kind].length > 0).join()));
                """,
                readable.id());
    assertEquals("refused,failed", kinds);
    assertEquals(0, browser.driver().findElements(By.cssSelector("tbody input")).size());
  }
}
