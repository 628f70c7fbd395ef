package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementNotInteractableException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.SearchContext;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A browser that is operated as a user would: by visible elements, their roles and their names. */
public final class Browser {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  /** True if each tested state is saved as a picture, not only the state of a failure. */
  static final boolean EVERY_STATE = Boolean.getBoolean("pages.screenshots");

  private static final int HEIGHT = 900;

  private static final Map<String, String> REDUCED_MOTION =
      Map.of("name", "prefers-reduced-motion", "value", "reduce");

  /**
   * Returns the elements of a selector that are rendered and contain each word of a name, in their
   * text, their label or an attribute that can name them. A few of them can have another name. The
   * browser computes the exact name only of these elements, because that takes a call for each.
   */
  private static final String CANDIDATES =
      """
      const [within, selector, name] = arguments;
      const words = name.toLowerCase().split(/\\s+/).filter(word => word);
      const sources = element => [element, ...(element.labels ?? []),
        ...(element.getAttribute('aria-labelledby') ?? '').split(/\\s+/)
          .map(id => document.getElementById(id)).filter(source => source)];
      const texts = source => [source.textContent,
        ...[source, ...source.querySelectorAll('[aria-label], [alt], [title]')].flatMap(named =>
          ['aria-label', 'alt', 'title', 'placeholder'].map(it => named.getAttribute(it) ?? ''))];
      return [...(within ?? document).querySelectorAll(selector)].filter(element => {
        if (!(element.closest('select') ?? element).checkVisibility()) {
          return false;
        }
        const text = sources(element).flatMap(texts).join(' ').toLowerCase();
        return words.every(word => text.includes(word));
      });
      """;

  /** Returns the text of each rendered element. A call for each element would take longer. */
  private static final String TEXTS =
      """
      return arguments[0]
        .filter(it => it.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
        .map(it => it.innerText.trim());
      """;

  private static final String IS_IDLE =
      "return document.querySelector('[aria-busy=true]') === null";

  private static final String IS_LOADED =
      IS_IDLE + " && document.querySelector('main h1') !== null";

  private final ChromeDriver driver;
  private final String root;
  private final List<String> expected = new ArrayList<>();

  /**
   * @param root the URL of the application, without a slash at the end
   */
  Browser(ChromeDriver driver, String root) {
    this.driver = driver;
    this.root = root;
  }

  public ChromeDriver driver() {
    return driver;
  }

  /** Returns the same window for another application. */
  public Browser at(String otherRoot) {
    return new Browser(driver, otherRoot);
  }

  // ---- Navigation

  /** Opens a path of the application, and waits until the page has loaded. */
  public void open(String path) {
    driver.get(root + path);
    awaitLoaded();
  }

  /**
   * Waits until the page has its heading and loads no list. Otherwise, a test could find a row or a
   * button that the loaded list replaces a moment later.
   */
  public void awaitLoaded() {
    until(() -> is(IS_LOADED), () -> "the page is still loading");
  }

  private boolean is(String condition) {
    return Boolean.TRUE.equals(run(condition));
  }

  /** Returns the path, query and fragment of the current address, starting at the root. */
  public String address() {
    String url = Objects.requireNonNull(driver.getCurrentUrl());
    return url.startsWith(root) ? url.substring(root.length()) : url;
  }

  /** Waits until the current address is this path, and no list of the page is loading. */
  public void awaitAddress(String path) {
    until(
        () -> address().equals(path) && is(IS_IDLE),
        () -> "at " + address() + ", not at " + path + ", or still loading");
  }

  /** Fills in the sign-in page and submits it. The next page may still load when this returns. */
  public void signIn(String username, String password) {
    type("textbox", "Username", username);
    type(By.cssSelector("input[type=password]"), password);
    click("button", "Sign in");
  }

  // ---- Elements, by role and name
  //
  // Each method that returns one element returns a LiveElement: the page can replace an element at
  // any time, for example when a list has loaded again.

  /** Waits for a visible element with this role and accessible name, and returns the first one. */
  public WebElement find(String role, String name) {
    return find(driver, role, name);
  }

  /** Waits for such an element within another one. */
  public WebElement find(SearchContext within, String role, String name) {
    return one(() -> first(within, role, name), () -> "no " + role + " named " + name);
  }

  private WebElement one(
      Supplier<? extends @Nullable WebElement> search, Supplier<String> failure) {
    return LiveElement.of(() -> await(search, failure));
  }

  private @Nullable WebElement first(SearchContext within, String role, String name) {
    return allNow(within, role, name).stream().findFirst().orElse(null);
  }

  /** Returns the elements with this role and name that are visible now. */
  public List<WebElement> all(SearchContext within, String role, String name) {
    return await(() -> allNow(within, role, name), () -> "the page changes all the time");
  }

  private List<WebElement> allNow(SearchContext within, String role, String name) {
    return candidates(within, selector(role), name).stream()
        .filter(WebElement::isDisplayed)
        .filter(element -> nameOf(element).equals(name))
        .filter(element -> role.equals(element.getAriaRole()))
        .toList();
  }

  private List<WebElement> candidates(SearchContext within, String selector, String words) {
    WebElement root = within instanceof WebElement element ? element : null;
    List<WebElement> found = new ArrayList<>();
    for (Object element :
        (List<?>) Objects.requireNonNull(run(CANDIDATES, root, selector, words))) {
      found.add((WebElement) element);
    }
    return found;
  }

  /** Returns true if such an element is visible now. */
  public boolean has(String role, String name) {
    return !all(driver, role, name).isEmpty();
  }

  /** Returns the accessible name of an element. */
  static String nameOf(WebElement element) {
    return Objects.requireNonNullElse(element.getAccessibleName(), "").strip();
  }

  static String valueOf(WebElement field) {
    return Objects.requireNonNullElse(field.getDomProperty("value"), "");
  }

  private static String selector(String role) {
    return switch (role) {
      case "button" -> "button, [role=button]";
      case "link" -> "a[href]";
      case "textbox" -> "input:not([type=password]), textarea";
      case "searchbox" -> "input[type=search]";
      case "combobox" -> "select, [role=combobox]";
      case "option" -> "option, [role=option]";
      case "checkbox" -> "input[type=checkbox]";
      case "radio" -> "input[type=radio]";
      case "heading" -> "h1, h2, h3";
      case "dialog" -> "dialog";
      case "alertdialog" -> "[role=alertdialog]";
      case "group" -> "[role=group]";
      case "menuitem" -> "[role=menuitem]";
      case "region" -> "section";
      case "navigation" -> "nav";
      case "table" -> "table";
      default -> throw new IllegalArgumentException(role);
    };
  }

  /** Waits for the dialog of that name. */
  public WebElement dialog(String name) {
    return find("dialog", name);
  }

  /** Waits until no dialog is open. */
  public void awaitNoDialog() {
    until(() -> driver.findElements(By.cssSelector("dialog")).isEmpty(), () -> "a dialog is open");
  }

  /** Waits for the row of the table of results that shows this name. */
  public WebElement row(String name) {
    return one(
        () ->
            candidates(driver, "tbody tr", name).stream()
                .filter(row -> row.findElements(By.linkText(name)).size() == 1)
                .findFirst()
                .orElse(null),
        () -> "no row of " + name);
  }

  /** Waits for the row of a table that contains this text anywhere. */
  public WebElement rowWith(String text) {
    return rowWith(driver, text);
  }

  /** Waits for such a row within an element. */
  public WebElement rowWith(SearchContext within, String text) {
    return one(
        () ->
            candidates(within, "tbody tr", text).stream()
                .filter(row -> textOf(row).contains(text))
                .findFirst()
                .orElse(null),
        () -> "no row with " + text);
  }

  /** Waits until the text is visible on the page. */
  public void awaitText(String text) {
    until(() -> text().contains(text), () -> '"' + text + "\" is not in:\n" + text());
  }

  /** Returns all rendered text, also of transparent elements and outside the window. */
  public String text() {
    return await(() -> textOf(driver.findElement(By.tagName("body"))), () -> "no text");
  }

  /** Returns the rendered text. {@code WebElement.getText} takes ten times as long for a page. */
  private String textOf(WebElement element) {
    return String.valueOf(
        run("return arguments[0].innerText.replaceAll(/[\\t\\u00a0]/g, ' ')", element));
  }

  /** Returns the text of all parts of the page that can store data, its address and its storage. */
  public String state() {
    return String.valueOf(
        run(
            """
            return [document.documentElement.outerHTML,
              ...[...document.querySelectorAll('input, textarea')].map(it => it.value),
              location.href, document.referrer, document.cookie, JSON.stringify(history.state),
              window.name, JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join('\\n');
            """));
  }

  /** Waits for an element. */
  public WebElement find(By by) {
    return one(() -> driver.findElement(by), () -> "nothing at " + by);
  }

  /** Returns the visible text of each element of a selector, in the order of the page. */
  public List<String> texts(By by) {
    return texts(driver, by);
  }

  /** Returns the visible text of each such element within another one. */
  public List<String> texts(SearchContext within, By by) {
    return await(
        () -> {
          List<?> shown = (List<?>) Objects.requireNonNull(run(TEXTS, within.findElements(by)));
          return shown.stream().map(String.class::cast).toList();
        },
        () -> "no texts at " + by);
  }

  // ---- Input

  /** Waits for an element and clicks it. */
  public void click(String role, String name) {
    click(driver, role, name);
  }

  /** Waits for an element within another one and clicks it. */
  public void click(SearchContext within, String role, String name) {
    click(() -> within, role, name);
  }

  /**
   * Waits for an element within another one and clicks it. Searches for both again if the page
   * replaces them, for example the row of a list that is loaded again.
   */
  public void click(Supplier<? extends SearchContext> within, String role, String name) {
    click(() -> first(within.get(), role, name), () -> "no " + role + " named " + name);
  }

  /** Waits for an element and clicks it. */
  public void click(By by) {
    click(() -> driver.findElement(by), () -> "nothing at " + by);
  }

  private void click(Supplier<? extends @Nullable WebElement> search, Supplier<String> failure) {
    until(
        () -> {
          WebElement element = search.get();
          if (element != null) {
            element.click();
          }
          return element != null;
        },
        () -> failure.get() + " can be clicked");
  }

  /** Chooses an action in the menu of the row of the results that shows this name. */
  public void choose(String name, String action) {
    choose(() -> row(name), action);
  }

  /** Chooses an action in the menu of a row. Opens the menu again if the page replaces the row. */
  public void choose(Supplier<? extends SearchContext> row, String action) {
    until(
        () -> {
          WebElement item = first(row.get(), "menuitem", action);
          if (item != null) {
            item.click();
            return true;
          }
          WebElement menu = first(row.get(), "button", "More actions");
          if (menu != null && !"true".equals(menu.getDomAttribute("aria-expanded"))) {
            menu.click();
          }
          return false;
        },
        () -> "no action " + action);
  }

  /** Replaces the text in a field. */
  public void type(String role, String name, String text) {
    type(() -> find(role, name), text);
  }

  /** Replaces the text in a field. */
  public void type(By by, String text) {
    type(() -> find(by), text);
  }

  /** Replaces the text in a field. */
  public void type(WebElement field, String text) {
    type(() -> field, text);
  }

  private void type(Supplier<WebElement> search, String text) {
    until(
        () -> {
          WebElement field = search.get();
          field.clear();
          field.sendKeys(text);
          return true;
        },
        () -> "no field for " + text);
  }

  /** Chooses an option of a drop-down list, and waits for the option if it is loaded later. */
  public void select(String name, String option) {
    until(
        () -> {
          new Select(find("combobox", name)).selectByVisibleText(option);
          return true;
        },
        () -> "no option " + option + " of " + name);
  }

  /** Sets a field for a date as the browser's date picker does. */
  public void pick(WebElement field, LocalDate date) {
    run(
        "arguments[0].value = arguments[1];"
            + "arguments[0].dispatchEvent(new Event('input', {bubbles: true}));"
            + "arguments[0].dispatchEvent(new Event('change', {bubbles: true}));",
        field,
        date.toString());
  }

  /** Sends keys to the focused element. */
  public void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** Presses Tab until an element with this role and name has the focus. */
  public WebElement tabTo(String role, String name) {
    // Some elements are invisible until they have the focus.
    until(
        () -> !candidates(driver, selector(role), name).isEmpty(),
        () -> "no " + role + " named " + name);
    until(() -> is(IS_IDLE), () -> "the page is still loading");
    for (int i = 0; i < 80; i++) {
      // The page can replace the element that has the focus.
      WebElement focused =
          await(
                  () -> {
                    WebElement active = driver.switchTo().activeElement();
                    boolean found =
                        candidates(driver, selector(role), name).contains(active)
                            && nameOf(active).equals(name)
                            && role.equals(active.getAriaRole());
                    if (!found) {
                      // Element.sendKeys takes six times as long.
                      new Actions(driver).sendKeys(Keys.TAB).perform();
                    }
                    return Optional.ofNullable(found ? active : null);
                  },
                  () -> "nothing has the focus")
              .orElse(null);
      if (focused != null) {
        return focused;
      }
    }
    throw new AssertionError("Tab does not lead to " + role + ' ' + name);
  }

  /** Returns the accessible name of the element that has the focus. */
  public String focusedName() {
    return await(() -> nameOf(driver.switchTo().activeElement()), () -> "no focus");
  }

  /** Waits until the element with this accessible name has the focus. */
  public void awaitFocus(String name) {
    until(() -> focusedName().equals(name), () -> "the focus is at " + focusedName());
  }

  /** Runs a script, and returns its result. */
  public @Nullable Object run(String script, @Nullable Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  // ---- Waiting

  /** Waits until the search finds something, and returns that. */
  public <T> T await(Supplier<? extends @Nullable T> search, Supplier<String> failure) {
    try {
      return Objects.requireNonNull(
          new WebDriverWait(driver, TIMEOUT, POLL)
              .ignoreAll(
                  List.of(
                      NoSuchElementException.class,
                      StaleElementReferenceException.class,
                      ElementNotInteractableException.class))
              .until(ignored -> ofThisPage(search)));
    } catch (TimeoutException e) {
      saveScreenshot("failed-" + System.currentTimeMillis());
      throw new AssertionError(failure.get() + ", at " + address(), e);
    }
  }

  /**
   * Runs the search on one page. The browser may leave the page between two steps of the search.
   * Chrome then sometimes reports a protocol error ("Frame is detached."), which means the same as
   * a stale element.
   */
  private static <T> @Nullable T ofThisPage(Supplier<? extends @Nullable T> search) {
    try {
      return search.get();
    } catch (WebDriverException e) {
      if (String.valueOf(e.getRawMessage()).contains("unhandled inspector error")) {
        throw new StaleElementReferenceException("the page was left", e);
      }
      throw e;
    }
  }

  /** Waits until the condition is true. */
  public void until(BooleanSupplier condition, Supplier<String> failure) {
    await(() -> condition.getAsBoolean() ? Boolean.TRUE : null, failure);
  }

  // ---- Appearance

  /** Sets the width of the window in pixels, and the light or dark color scheme. */
  public void look(int width, boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", false));
    emulate(
        List.of(
            Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
            REDUCED_MOTION));
  }

  /**
   * Restores the initial width and color scheme. Motion stays reduced. Otherwise, the color of a
   * button would change slowly, and axe-core could see a color between two schemes.
   */
  public void lookAsEver() {
    driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    emulate(List.of(REDUCED_MOTION));
  }

  /** Sets the colors that a high-contrast theme of the operating system forces on pages. */
  public void forceColors() {
    emulate(List.of(Map.of("name", "forced-colors", "value", "active"), REDUCED_MOTION));
  }

  private void emulate(List<Map<String, String>> features) {
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", features));
  }

  /**
   * Saves a screenshot, if the system property {@code pages.screenshots} is true. It shows the
   * whole page, up to a height of 2,400 pixels, but only the window if a dialog is open.
   */
  public void screenshot(String name) {
    if (!EVERY_STATE) {
      return;
    }
    if (!driver.findElements(By.cssSelector("dialog[open]")).isEmpty()) {
      saveScreenshot(name);
      return;
    }
    Object area =
        run(
            """
            const height = Math.min(document.documentElement.scrollHeight, 2400);
            return {x: 0, y: 0, width: innerWidth, height, scale: 1};
            """);
    Object png =
        driver
            .executeCdpCommand(
                "Page.captureScreenshot",
                Map.of("captureBeyondViewport", true, "clip", Objects.requireNonNull(area)))
            .get("data");
    save(name, Base64.getDecoder().decode(String.valueOf(png)));
  }

  private void saveScreenshot(String name) {
    save(name, driver.getScreenshotAs(OutputType.BYTES));
  }

  private static void save(String name, byte[] png) {
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(SCREENSHOTS.resolve(name + ".png"), png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asserts that the page needs no horizontal scrolling, and that no panel cuts off a table. */
  public void assertFits(String what) {
    Object wide =
        run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assertEquals(0L, wide, "pixels too wide: " + what);
    Object cut =
        run(
            """
            return [...document.querySelectorAll('.panel > table')]
              .filter(it => it.scrollWidth > it.parentElement.clientWidth)
              .map(it => it.caption.textContent);
            """);
    assertEquals(List.of(), cut, "tables that are cut off: " + what);
  }

  /** Asserts that axe-core finds no violation of WCAG 2.2 AA or of its best practices. */
  public void assertAccessible(String what) {
    assertAccessible("html", what);
  }

  /** Asserts the same of a part of the page, for example of one that covers others. */
  public void assertAccessible(String part, String what) {
    Axe.assertNoViolation(driver, part, what);
  }

  // ---- Console

  /** Expects responses with this status; the browser logs each of them to the console. */
  public void expectRefusal(int status) {
    expectConsole("the server responded with a status of " + status);
  }

  /** Expects console lines that contain this text. */
  public void expectConsole(String text) {
    expected.add(text);
  }

  /**
   * Leaves the page, and asserts that the console contains only expected lines. Otherwise a request
   * of the page could fail later, for example without its session or its server, and the next test
   * would find the line.
   */
  void assertQuiet() {
    driver.get("about:blank");
    List<String> errorMessages =
        driver.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .map(LogEntry::getMessage)
            .filter(message -> expected.stream().noneMatch(message::contains))
            .toList();
    expected.clear();
    assertEquals(List.of(), errorMessages, "in the browser's console");
  }
}
