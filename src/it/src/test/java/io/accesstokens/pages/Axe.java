package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.openqa.selenium.JavascriptExecutor;

/** Runs axe-core, which tests the accessibility of pages. */
final class Axe {

  private static final String SOURCE = read();

  private Axe() {}

  private static String read() {
    try (InputStream in = Objects.requireNonNull(Axe.class.getResourceAsStream("/axe.min.js"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Asserts that a part of the page violates neither WCAG 2.2 AA nor the best practices of
   * axe-core.
   *
   * <p>The option {@code resultTypes} changes no rule and no violation. Without it, axe-core would
   * also make a selector for each element that violates nothing.
   *
   * @param part the CSS selector of the part
   */
  static void assertNoViolation(JavascriptExecutor page, String part, String what) {
    if (!Boolean.TRUE.equals(page.executeScript("return typeof axe === 'object'"))) {
      page.executeScript(SOURCE);
    }
    Object violations =
        page.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run(arguments[0], {
              runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
              resultTypes: ['violations'],
            })
              .then(result => done(result.violations.map(violation => violation.id + ': '
                + violation.nodes.map(it => it.target + ' ' + it.failureSummary).join('; ')).join('\\n')))
              .catch(e => done(String(e)));
            """,
            part);
    assertEquals("", violations, what);
  }
}
