package io.accesstokens.app.settings.storage;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.same;

/** Checks the properties of each JDBC URL that the settings accept, in fuzz tests. */
public final class JdbcUrlInvariants {

  private JdbcUrlInvariants() {}

  /** Checks a text that may be a JDBC URL. */
  public static void check(String url) {
    if (JdbcUrls.errorMessage(url).isPresent()) {
      return;
    }
    String complete = JdbcUrls.complete(url);
    same("a complete URL stays", complete, JdbcUrls.complete(complete));
    same("nothing is wrong with it afterwards", true, JdbcUrls.errorMessage(complete).isEmpty());
    holds("it begins as before", complete.startsWith(url));
    String shown = JdbcUrls.withoutParameters(url);
    holds("no parameter is shown", shown.indexOf(';') < 0);
    holds("no parameter is shown", shown.indexOf('?') < 0 || JdbcUrls.isH2(url));
  }
}
