package io.accesstokens.pages;

import java.util.List;

/** The page on which a user allows or denies a personal token that an application requests. */
final class ConsentPage {

  private ConsentPage() {}

  /**
   * Requests a personal token as an application on the same origin does, and opens the page.
   *
   * @param name the name of the token
   * @return the URL that leads to the page
   */
  static String open(Browser browser, String name, String... scopes) {
    String authorizeUrl =
        String.valueOf(
            browser
                .driver()
                .executeAsyncScript(
                    """
                    const [name, scopes, done] = arguments;
                    fetch('/api/access-tokens/personal/mint', {
                      method: 'POST',
                      headers: {'Content-Type': 'application/json', 'X-Requested-With': 'fetch'},
                      body: JSON.stringify({name, scopes}),
                    }).then(it => it.json()).then(it => done(it.authorizeUrl), e => done(String(e)));
                    """,
                    name,
                    List.of(scopes)));
    browser.driver().get(authorizeUrl);
    return authorizeUrl;
  }
}
