package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests the first visit: a browser without stored data, and a service without tokens. */
class FirstVisitIT extends BrowserTest {

  private static final String LIST = "/admin/access-tokens";
  private static final long MAX_BYTES = 150_000;

  private static final String BYTES =
      """
      return performance.getEntriesByType('navigation')
        .concat(performance.getEntriesByType('resource'))
        .filter(it => !arguments[0] || it.name.includes(arguments[0]))
        .reduce((sum, it) => sum + it.transferSize, 0);
      """;

  @Test
  void firstVisitTransfersFewBytesAndIsCached() {
    IntStream.range(0, 50).forEach(i -> tokens.create(TokenRequest.good()));
    browser.driver().executeCdpCommand("Network.clearBrowserCache", Map.of());
    browser.open("/sign-in");
    browser.find("button", "Sign in");
    long first = bytes("");
    browser.signIn("alice", "alice");
    browser.awaitAddress(LIST);
    browser.find(By.cssSelector("tbody tr[data-id]"));
    long second = bytes("");
    assertTrue(first > 0 && second > 0, "nothing was measured");
    assertTrue(first + second < MAX_BYTES, first + " + " + second + " bytes");

    browser.open(LIST + "?sort=name");
    browser.find(By.cssSelector("tbody tr[data-id]"));
    assertEquals(0, bytes("/assets/"), "assets are loaded again");
  }

  private long bytes(String of) {
    return ((Number) java.util.Objects.requireNonNull(browser.run(BYTES, of))).longValue();
  }

  @Test
  void firstTokenIsOneClickAway() throws Exception {
    try (RunningApplication fresh =
        RunningApplication.start(WarProcess.inNewFolder().with("--in-memory"))) {
      Browser there = browser.at(fresh.api().origin());
      there.open("/");
      there.signIn("carol", "carol");
      there.find("heading", "No service tokens yet");
      there.screenshot("list-empty");
      there.assertAccessible("list without tokens");
      there.open(LIST + "/overview");
      there.find("heading", "No service tokens yet");
      there.open(LIST + "/audit");
      there.find("heading", "Nothing has happened yet");
      there.screenshot("audit-empty");
      there.open(LIST);
      there.click("button", "Create the first token");
      WebElement dialog = there.dialog("Create service token");
      there.type(there.find(dialog, "textbox", "Name"), "first");
      there.type(there.find(dialog, "textbox", "Description"), "The first of many");
      there.find(By.cssSelector("dialog input[value='catalog:read']")).click();
      there.click(dialog, "button", "Create token");
      WebElement once = there.dialog("Token created");
      there.click(once, "button", "Copy");
      there.awaitText("Copied.");
      there.click(once, "button", "Done");
      there.row("first");
    }
  }
}
