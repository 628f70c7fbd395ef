package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.SearchContext;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A browser that is operated as a user would: by visible elements, their roles and their names. */
public final class Browser {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  /** True if each tested state is saved as a picture, not only the state of a failure. */
  private static final boolean EVERY_STATE = Boolean.getBoolean("pages.screenshots");

  private static final int HEIGHT = 900;

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

  /** Opens a path of the application. */
  public void open(String path) {
    driver.get(root + path);
  }

  /** Returns the path, query and fragment of the current address, starting at the root. */
  public String address() {
    String url = Objects.requireNonNull(driver.getCurrentUrl());
    return url.startsWith(root) ? url.substring(root.length()) : url;
  }

  /** Waits until the current address is this path. */
  public void awaitAddress(String path) {
    until(() -> address().equals(path), () -> "at " + address() + ", not at " + path);
  }

  /** Fills in the sign-in page and submits it. The next page may still load when this returns. */
  public void signIn(String username, String password) {
    type("textbox", "Username", username);
    type(By.cssSelector("input[type=password]"), password);
    click("button", "Sign in");
  }

  // ---- Elements, by role and name

  /** Waits for a visible element with this role and accessible name, and returns the first one. */
  public WebElement find(String role, String name) {
    return find(driver, role, name);
  }

  /** Waits for such an element within another one. */
  public WebElement find(SearchContext within, String role, String name) {
    return await(
        () -> all(within, role, name).stream().findFirst().orElse(null),
        () -> "no " + role + " named " + name);
  }

  /** Returns the elements with this role and name that are visible now. */
  public List<WebElement> all(SearchContext within, String role, String name) {
    return within.findElements(By.cssSelector(selector(role))).stream()
        .filter(WebElement::isDisplayed)
        .filter(element -> nameOf(element).equals(name))
        .filter(element -> role.equals(element.getAriaRole()))
        .toList();
  }

  /** Returns true if such an element is visible now. */
  public boolean has(String role, String name) {
    return !all(driver, role, name).isEmpty();
  }

  /** Returns the accessible name of an element. */
  static String nameOf(WebElement element) {
    return Objects.requireNonNullElse(element.getAccessibleName(), "").strip();
  }

  /** Returns the value of a field. */
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
    return await(
        () ->
            driver.findElements(By.cssSelector("tbody tr")).stream()
                .filter(row -> row.findElements(By.linkText(name)).size() == 1)
                .findFirst()
                .orElse(null),
        () -> "no row of " + name);
  }

  /** Waits until the text is visible on the page. */
  public void awaitText(String text) {
    until(() -> text().contains(text), () -> '"' + text + "\" is not in:\n" + text());
  }

  /** Returns all visible text. */
  public String text() {
    return driver.findElement(By.tagName("body")).getText();
  }

  /** Waits for an element. */
  public WebElement find(By by) {
    return await(() -> driver.findElement(by), () -> "nothing at " + by);
  }

  // ---- Input

  /** Waits for an element and clicks it. */
  public void click(String role, String name) {
    click(driver, role, name);
  }

  /** Waits for an element within another one and clicks it. */
  public void click(SearchContext within, String role, String name) {
    until(
        () -> {
          find(within, role, name).click();
          return true;
        },
        () -> "no click on " + role + ' ' + name);
  }

  /** Replaces the text in a field. */
  public void type(String role, String name, String text) {
    type(find(role, name), text);
  }

  /** Replaces the text in a field. */
  public void type(By by, String text) {
    type(find(by), text);
  }

  /** Replaces the text in a field. */
  public void type(WebElement field, String text) {
    field.clear();
    field.sendKeys(text);
  }

  /** Sends keys to the focused element. */
  public void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** Presses Tab until an element with this role and name has the focus. */
  public WebElement tabTo(String role, String name) {
    for (int i = 0; i < 80; i++) {
      WebElement focused = driver.switchTo().activeElement();
      if (nameOf(focused).equals(name) && role.equals(focused.getAriaRole())) {
        return focused;
      }
      focused.sendKeys(Keys.TAB);
    }
    throw new AssertionError("Tab does not lead to " + role + ' ' + name);
  }

  /** Runs a script, and returns its result. */
  public @Nullable Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  // ---- Waiting

  /** Waits until the search finds something, and returns that. */
  public <T> T await(Supplier<? extends @Nullable T> search, Supplier<String> failure) {
    try {
      return Objects.requireNonNull(
          new WebDriverWait(driver, TIMEOUT, POLL)
              .ignoreAll(
                  List.of(NoSuchElementException.class, StaleElementReferenceException.class))
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
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /** Restores the initial width and color scheme. */
  public void lookAsEver() {
    driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
  }

  /** Saves a screenshot, if the system property {@code pages.screenshots} is true. */
  public void screenshot(String name) {
    if (EVERY_STATE) {
      saveScreenshot(name);
    }
  }

  private void saveScreenshot(String name) {
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asserts that the page needs no horizontal scrolling. */
  public void assertFits(String what) {
    Object wide =
        run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assertEquals(0L, wide, "pixels too wide: " + what);
  }

  /** Asserts that axe-core finds no violation of WCAG 2.2 AA or of its best practices. */
  public void assertAccessible(String what) {
    if (!Boolean.TRUE.equals(run("return typeof axe === 'object'"))) {
      run(Axe.SCRIPT);
    }
    Object violations =
        driver.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
              .then(result => done(result.violations.map(violation => violation.id + ': '
                + violation.nodes.map(it => it.target + ' ' + it.failureSummary).join('; ')).join('\\n')))
              .catch(e => done(String(e)));
            """);
    assertEquals("", violations, what);
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

  /** Asserts that the console contains only expected lines. */
  void assertQuiet() {
    List<String> errorMessages =
        driver.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .map(LogEntry::getMessage)
            .filter(message -> expected.stream().noneMatch(message::contains))
            .toList();
    expected.clear();
    assertEquals(List.of(), errorMessages, "in the browser's console");
  }

  /** The source of axe-core. */
  private static final class Axe {

    static final String SCRIPT = read();

    private static String read() {
      try (InputStream in =
          Objects.requireNonNull(Browser.class.getResourceAsStream("/axe.min.js"))) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
