package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

/** Tests the pages with many groups and scopes, and with long names. */
class LargeOrganizationIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";

  /**
   * Changes the responses of calls: tokens have many scopes and a group with a long name, users
   * have many groups, and all groups have the same name.
   */
  private static final String LARGE =
      """
      const real = window.fetch;
      const many = (count, made) => Array.from({ length: count }, (_, i) => made(i));
      window.fetch = async (url, options) => {
        const response = await real(url, options);
        const isJson = response.headers.get('Content-Type')?.includes('json');
        if (!response.ok || !isJson || (options?.method ?? 'GET') !== 'GET') {
          return response;
        }
        const body = await response.json();
        for (const token of body.tokens ?? (body.scopes && body.name ? [body] : [])) {
          token.groupDisplayName &&= 'department'.repeat(9);
          token.scopes = many(200, i => 'word-'.repeat(16) + i + ':read');
        }
        if ('truncated' in body) {
          body.truncated = window.isTruncated ?? true;
          body.groups.forEach(group => (group.displayName = 'Team'));
        } else if (body.groups) {
          body.groups = many(500, i => 'group:emea/department-' + i);
        }
        return Response.json(body);
      };
      """;

  private void open(String path) {
    openAs("alice", LIST + "/api");
    withScript(LARGE, () -> browser.open(path));
  }

  private void assertShort() {
    Object height = browser.run("return document.documentElement.scrollHeight");
    assertTrue((long) Objects.requireNonNull(height) < 6000, () -> height + " pixels high");
  }

  @Test
  void manyScopesOfATokenScroll() {
    TestToken token = tokens.create();
    open(LIST + '/' + token.id());
    browser.find(By.cssSelector("[aria-label='Scopes of this token']"));
    assertShort();
    check("token-many-scopes");
    // The lines of a long id do not overlap.
    Object wrapped =
        browser.run("return getComputedStyle(document.querySelector('#scopes code')).lineHeight");
    assertEquals("16px", wrapped);
  }

  @Test
  void manyScopesOfARequestScroll() {
    openAs("alice", LIST + "/api");
    withScript(LARGE, () -> ConsentPage.open(browser, TokenRequest.newName(), "catalog:read"));
    browser.find("button", "Allow");
    browser.find(By.cssSelector("[aria-label='Scopes of this token'] li:nth-child(200)"));
    assertShort();
    check("consent-many-scopes");
  }

  @Test
  void manyGroupsOfAUserScroll() {
    open(LIST + "/sessions");
    browser.awaitText("Your groups");
    assertShort();
    check("account-many-groups");
  }

  @Test
  void fieldSaysThatMoreGroupsMatch() {
    open(LIST + "?create");
    WebElement dialog = browser.dialog("Create service token");
    WebElement field = browser.find(dialog, "combobox", "Owning group");
    field.sendKeys("pl");
    browser.awaitText("There are more. Type more of the name.");
    check("many-groups", "dialog");
    // The arrow keys skip this text.
    field.sendKeys(Keys.ARROW_UP, Keys.ENTER);
    browser.until(
        () -> Browser.valueOf(field).equals("Team"), () -> "chosen: " + Browser.valueOf(field));
  }

  @Test
  void groupsWithTheSameNameDiffer() {
    openAs("alice", LIST + "/api");
    withScript("window.isTruncated = false;" + LARGE, () -> browser.open(LIST));
    browser.find("option", "Team (platform)");
    Select groups = new Select(browser.find("combobox", "Group"));
    groups.selectByVisibleText("Team (payments)");
    browser.awaitAddress(LIST + "?groupEntityRef=group%3Adefault%2Fpayments");
  }

  @Test
  void paletteShowsNamesBesideLongGroups() {
    TestToken token = tokens.create();
    open(LIST);
    browser.click("button", "Search or jump to");
    browser.dialog("Search or jump to");
    browser.awaitFocus("Search tokens, pages and actions");
    browser.press(token.name());
    browser.awaitText("Audit log of " + token.name());
    Object cut =
        browser.run(
            """
            const list = document.querySelector('.palette-list');
            const names = [...list.querySelectorAll('[role=option] > .icon + .clip')];
            return [...(list.scrollWidth > list.clientWidth ? ['the list scrolls sideways'] : []),
              ...names.filter(it => it.clientWidth < 100).map(it => it.textContent)];
            """);
    assertEquals(List.of(), cut);
  }

  @Test
  void longScopesOfPersonalTokensEndWithDots() {
    new PersonalTokens(api.as("alice")).create();
    open("/settings/personal-tokens");
    browser.look(390, false);
    browser.find(By.cssSelector(".own-tokens code.clip"));
    Object wide =
        browser.run(
            """
            return [...document.querySelectorAll('.own-tokens code.clip')]
              .filter(it => it.getBoundingClientRect().right > document.documentElement.clientWidth)
              .map(it => it.textContent);
            """);
    assertEquals(List.of(), wide);
  }
}
