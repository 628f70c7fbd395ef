package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests the page of the users who have personal tokens. */
class PeoplePageIT extends BrowserTest {

  private static final String PAGE = "/admin/access-tokens/people";

  private final PersonalTokens carols = new PersonalTokens(api.as("carol"));

  @Test
  void allTokensOfAPersonAreRevokedWithOneReason() {
    TestToken one = carols.create();
    TestToken two = carols.create();
    new ServiceTokens(api.as("carol")).create();
    api.bearer(one.rawToken()).get(ServiceTokens.WHOAMI).ok();
    // The use is written some time after the response.
    Awaitility.await().until(() -> !carols.get(one.id()).isNull("lastUsedAt"));
    openAs("alice", PAGE);
    browser.rowWith("carol");
    check("people");
    browser.click("button", "Revoke all of carol");
    WebElement dialog = browser.dialog("Revoke all personal tokens of carol");
    browser.awaitText("Disable the account first.");
    browser.awaitText("All sessions of carol end, too.");
    browser.awaitText("from now on");
    browser.find(dialog, "link", "Review them");
    check("people-revoke-all");
    browser.type(browser.find(dialog, "textbox", "Reason"), "left the company");
    dialog.findElement(By.cssSelector("button[type=submit]")).click();
    browser.awaitNoDialog();
    browser.awaitText("of carol are revoked");
    for (TestToken made : List.of(one, two)) {
      api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
      assertEquals(List.of("revoked", "minted"), carols.events(made.id()));
    }
    browser.click(By.cssSelector(".toast a"));
    browser.awaitAddress("/admin/access-tokens?createdBy=user%3Adefault%2Fcarol");
  }

  @Test
  void tokenIsFoundByItsPrefixAndRevoked() {
    new PersonalTokens(api.as("dave")).create(); // the search leaves out dave
    TestToken made = carols.create();
    String prefix = carols.get(made.id()).getString("prefix");
    openAs("alice", PAGE);
    browser.rowWith("dave");
    browser.type("searchbox", "Search", prefix);
    browser.awaitAddress(PAGE + "?q=" + prefix);
    browser.awaitText("1 of 1 users");
    browser.click(() -> browser.rowWith("carol"), "link", "carol");
    browser.awaitAddress(PAGE + "?user=user%3Adefault%2Fcarol");
    browser.rowWith(prefix);
    check("people-user");
    browser.click(() -> browser.rowWith(prefix), "button", "Revoke");
    WebElement dialog = browser.find(By.cssSelector("dialog[open]"));
    browser.type(browser.find(dialog, "textbox", "Reason"), "found in a log");
    browser.click(dialog, "button", "Revoke");
    browser.awaitNoDialog();
    browser.until(
        () -> browser.rowWith(prefix).getText().contains("Revoked"),
        () -> "the row says otherwise");
    api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
  }

  @Test
  void pageThatArrivesLateIsNotShown() {
    String name = carols.create().name();
    openAs("alice", PAGE + "?user=user%3Adefault%2Fcarol");
    SlowSecondPage.assertIsNotShown(browser, "/user-tokens?", name);
  }

  @Test
  void twoPressesShowMorePeopleOnce() {
    carols.create();
    openAs("alice", PAGE);
    browser.run(
        """
        const { fetch } = window;
        window.asked = 0;
        window.fetch = async (url, options) => {
          if (!url.includes('/user-tokens/users?') || url.includes('gone=true')) {
            return fetch(url, options);
          }
          const { users: [user] } = await (await fetch(url.replace('&after=next', ''), options)).json();
          const isFirst = !url.includes('after=next');
          window.asked += isFirst ? 0 : 1;
          const name = isFirst ? 'first' : 'second';
          const users = [{...user, userEntityRef: 'user:default/' + name}];
          return Response.json({ users, total: 3, next: 'next' });
        };
        window.dispatchEvent(new PopStateEvent('popstate'));
        """);
    browser.rowWith("first");
    browser.find("button", "Show more");
    browser.run(
        """
        const more = [...document.querySelectorAll('button')].find(it => it.textContent === 'Show more');
        more.click();
        more.click();
        """);
    browser.rowWith("second");
    browser.awaitLoaded();
    assertEquals(1L, browser.run("return window.asked"));
    browser.awaitText("2 of 3 users");
  }

  @Test
  void userWhoHasLeftIsShown() throws Exception {
    String people = Files.readString(Path.of("config/people.yaml"));
    WarProcess call = WarProcess.inNewFolder().with("--in-memory");
    Path usersFile = call.file("people.yaml", people);
    Path groupsFile = call.file("groups.yaml", Files.readString(Path.of("config/groups.yaml")));
    call =
        call.withEnvironment("ACCESSTOKENS_LOGIN_USERSFILE", usersFile.toString())
            .withEnvironment("ACCESSTOKENS_DIRECTORY_GROUPSFILE", groupsFile.toString())
            .withEnvironment("ACCESSTOKENS_SERVICE_ADMIN_USERENTITYREFS", "user:default/alice");
    try (RunningApplication other = RunningApplication.start(call)) {
      TestToken own = new PersonalTokens(other.api().as("carol")).create();
      new ServiceTokens(other.api().as("carol")).create(TokenRequest.good().of("platform"));
      Path next = usersFile.resolveSibling("next");
      Files.writeString(
          next,
          people
              .replace("username: carol", "username: eve")
              .replace("default/carol", "default/eve"));
      Files.move(next, usersFile, StandardCopyOption.ATOMIC_MOVE);
      Api bearer = other.api().bearer(own.rawToken());
      Awaitility.await().untilAsserted(() -> bearer.get(ServiceTokens.WHOAMI).problem(401));

      Browser there = browser.at(other.api().origin());
      there.open("/admin/access-tokens/overview");
      there.signIn("alice", "alice");
      there.awaitLoaded();
      WebElement left = there.find("region", "Created by users who left");
      assertTrue(left.getText().contains("carol"), left::getText);
      there.find(left, "link", "Review token of carol");
      there.open(PAGE);
      there.awaitText("1 user who left or is locked out still has 1 valid personal token.");
      there.find(By.cssSelector("input[name=view][value=left]")).click();
      there.awaitAddress(PAGE + "?view=left");
      assertTrue(there.rowWith("carol").getText().contains("Left or locked out"), there::text);
      Looks.check(there, "people-left", "html");

      // The note above the list counts all users, also during a search.
      there.type("searchbox", "Search", "carol");
      there.awaitAddress(PAGE + "?view=left&q=carol");
      there.click("button", "Revoke all of carol");
      WebElement dialog = there.dialog("Revoke all personal tokens of carol");
      there.type(there.find(dialog, "textbox", "Reason"), "left the company");
      there.click(By.cssSelector("dialog button[type=submit]"));
      there.awaitNoDialog();
      there.until(() -> !there.text().contains("1 user who left"), there::text);
      browser.driver().get("about:blank"); // the page would lose its server
    }
  }

  @Test
  void pageNeedsThePermission() {
    openAs("bob", PAGE);
    browser.awaitText("access-tokens:user:admin");
    check("people-refused");
  }
}
