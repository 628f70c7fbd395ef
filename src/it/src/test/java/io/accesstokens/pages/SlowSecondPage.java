package io.accesstokens.pages;

import java.util.Objects;

/**
 * Makes a list of a page have a second page without rows, whose response arrives only after the
 * user has gone back to the first page.
 */
final class SlowSecondPage {

  /** Replaces the responses of a call, and loads the list again. */
  private static final String INSTALL =
      """
      const [call] = arguments;
      const { fetch } = window;
      window.firstPages = 0;
      window.secondPages = [];
      window.fetch = async (url, options) => {
        const response = await fetch(url, options);
        if (!String(url).includes(call)) {
          return response;
        }
        const body = await response.json();
        const rows = Object.keys(body).find(name => Array.isArray(body[name]));
        const isFirst = new URL(url).searchParams.get('offset') === '0';
        if (isFirst) {
          window.firstPages += 1;
        } else {
          await new Promise((resolve, reject) => {
            window.secondPages.push(resolve);
            options.signal.addEventListener('abort', () => reject(options.signal.reason));
          });
        }
        return Response.json({...body, total: 60, [rows]: isFirst ? body[rows] : []});
      };
      window.dispatchEvent(new PopStateEvent('popstate'));
      """;

  /** Ends the wait for the second page, and waits until the page can have shown it. */
  private static final String RELEASE =
      """
      const [done] = arguments;
      window.secondPages.forEach(resolve => resolve());
      setTimeout(done, 300);
      """;

  private SlowSecondPage() {}

  /**
   * Goes to the second page and back, and asserts that the list still shows the first page.
   *
   * @param call a part of the URL of the list
   * @param row a text of the first page
   */
  static void assertIsNotShown(Browser browser, String call, String row) {
    browser.awaitText(row);
    browser.run(INSTALL, call);
    browser.click("link", "Next");
    browser.until(() -> number(browser, "secondPages.length") == 1, () -> "no second page");
    long before = number(browser, "firstPages");
    browser.driver().navigate().back();
    browser.until(() -> number(browser, "firstPages") > before, () -> "no first page");
    browser.awaitText(row);
    browser.driver().executeAsyncScript(RELEASE);
    if (!browser.text().contains(row)) {
      throw new AssertionError("the second page is shown at " + browser.address());
    }
  }

  private static long number(Browser browser, String expression) {
    return ((Number) Objects.requireNonNull(browser.run("return window." + expression)))
        .longValue();
  }
}
