package io.accesstokens.pages;

import java.util.List;
import java.util.stream.Stream;

/** The widths and color schemes in which a state of a page is tested. */
final class Looks {

  /** The widths that the pages are designed for, in CSS pixels. */
  private static final List<Integer> WIDTHS = List.of(1440, 768, 390);

  /** The width of a window of 1,280 pixels with a zoom of 200 % (WCAG 2.2, 1.4.4). */
  private static final int ZOOMED = 640;

  /** The smallest width without horizontal scrolling (WCAG 2.2, success criterion 1.4.10). */
  private static final int NARROWEST = 320;

  /** The appearances that each state is tested in: each color scheme in one width. */
  private static final List<Look> TESTED = List.of(new Look(1440, false), new Look(390, true));

  private static final List<Look> ALL =
      WIDTHS.stream()
          .flatMap(width -> Stream.of(new Look(width, false), new Look(width, true)))
          .toList();

  private Looks() {}

  /**
   * Asserts that a state is accessible and fits each width. If pictures are saved, tests all
   * combinations of width and color scheme.
   *
   * @param part the CSS selector of the part that axe-core tests
   */
  static void check(Browser browser, String state, String part) {
    for (Look look : Browser.EVERY_STATE ? ALL : TESTED) {
      String what = state + '-' + look.width() + '-' + (look.dark() ? "dark" : "light");
      browser.look(look.width(), look.dark());
      browser.assertAccessible(part, what);
      browser.assertFits(what);
      browser.screenshot(what);
    }
    for (int width : List.of(768, ZOOMED, NARROWEST)) {
      browser.look(width, false);
      browser.assertFits(state + '-' + width);
    }
    browser.lookAsEver();
  }

  /**
   * The appearance of a page.
   *
   * @param width in CSS pixels
   * @param dark true for the dark color scheme
   */
  private record Look(int width, boolean dark) {}
}
