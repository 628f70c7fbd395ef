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

/** What somebody in front of a browser sees and does. */
public final class Browser {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final int HEIGHT = 900;

  private final ChromeDriver driver;
  private final String root;
  private final List<String> expected = new ArrayList<>();

  /**
   * @param root where the application is, without a slash at the end
   */
  Browser(ChromeDriver driver, String root) {
    this.driver = driver;
    this.root = root;
  }

  public ChromeDriver driver() {
    return driver;
  }

  /** The same window, at another application. */
  public Browser at(String otherRoot) {
    return new Browser(driver, otherRoot);
  }

  // ---- Going somewhere

  /** Opens a path of the application. */
  public void open(String path) {
    driver.get(root + path);
  }

  /** The path, the query and the fragment that the address bar shows, from the root. */
  public String address() {
    String url = Objects.requireNonNull(driver.getCurrentUrl());
    return url.startsWith(root) ? url.substring(root.length()) : url;
  }

  /** Waits until the address bar shows it. */
  public void awaitAddress(String path) {
    until(() -> address().equals(path), () -> "at " + address() + ", not at " + path);
  }

  /**
   * Fills the sign-in page in and sends it; what it leads to is loaded when this returns, or soon.
   */
  public void signIn(String username, String password) {
    type("textbox", "Username", username);
    type(By.cssSelector("input[type=password]"), password);
    click("button", "Sign in");
  }

  // ---- Seeing something, by role and name

  /** Waits for the one element of that role and accessible name, which can be seen. */
  public WebElement find(String role, String name) {
    return find(driver, role, name);
  }

  /** The same within something. */
  public WebElement find(SearchContext within, String role, String name) {
    return await(
        () -> all(within, role, name).stream().findFirst().orElse(null),
        () -> "no " + role + " named " + name);
  }

  /** Those that can be seen now. */
  public List<WebElement> all(SearchContext within, String role, String name) {
    return within.findElements(By.cssSelector(selector(role))).stream()
        .filter(WebElement::isDisplayed)
        .filter(it -> nameOf(it).equals(name))
        .filter(it -> role.equals(it.getAriaRole()))
        .toList();
  }

  /** Whether such an element can be seen now. */
  public boolean has(String role, String name) {
    return !all(driver, role, name).isEmpty();
  }

  /** How assistive technology calls an element. */
  static String nameOf(WebElement element) {
    return Objects.requireNonNullElse(element.getAccessibleName(), "").strip();
  }

  /** What stands in a field. */
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
                .filter(it -> it.findElements(By.linkText(name)).size() == 1)
                .findFirst()
                .orElse(null),
        () -> "no row of " + name);
  }

  /** Waits until that text stands somewhere on the page, as people see it. */
  public void awaitText(String text) {
    until(() -> text().contains(text), () -> '"' + text + "\" is not in:\n" + text());
  }

  /** All text that can be seen. */
  public String text() {
    return driver.findElement(By.tagName("body")).getText();
  }

  /** Waits for an element. */
  public WebElement find(By by) {
    return await(() -> driver.findElement(by), () -> "nothing at " + by);
  }

  // ---- Doing something

  /** Waits for an element and clicks it. */
  public void click(String role, String name) {
    click(driver, role, name);
  }

  /** The same within something. */
  public void click(SearchContext within, String role, String name) {
    until(
        () -> {
          find(within, role, name).click();
          return true;
        },
        () -> "no click on " + role + ' ' + name);
  }

  /** Replaces what is in a field. */
  public void type(String role, String name, String text) {
    type(find(role, name), text);
  }

  /** Replaces what is in a field. */
  public void type(By by, String text) {
    type(find(by), text);
  }

  /** Replaces what is in a field. */
  public void type(WebElement field, String text) {
    field.clear();
    field.sendKeys(text);
  }

  /** Presses keys where the focus is. */
  public void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /**
   * Presses Tab until an element of that role and name has the focus, as people without a mouse.
   */
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

  /** Runs a script, and gives what it returns. */
  public @Nullable Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  // ---- Waiting

  /** Waits for something that is not there yet. */
  public <T> T await(Supplier<? extends @Nullable T> search, Supplier<String> failure) {
    try {
      return Objects.requireNonNull(
          new WebDriverWait(driver, PATIENCE, POLL)
              .ignoreAll(
                  List.of(NoSuchElementException.class, StaleElementReferenceException.class))
              .until(it -> ofThisPage(search)));
    } catch (TimeoutException e) {
      screenshot("failed-" + System.currentTimeMillis());
      throw new AssertionError(failure.get() + ", at " + address(), e);
    }
  }

  /**
   * A page may be left between any two of the search's questions. For some of them Chrome says so
   * as an error of its own protocol ("Frame is detached."), which means no more than a stale
   * element.
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

  /** Waits until something is so. */
  public void until(BooleanSupplier condition, Supplier<String> failure) {
    await(() -> condition.getAsBoolean() ? Boolean.TRUE : null, failure);
  }

  // ---- How it is seen

  /** Sets the width of the window in pixels, and light or dark. */
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

  /** As it was at the start. */
  public void lookAsEver() {
    driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
  }

  /** Keeps a picture of what can be seen now. */
  public void screenshot(String name) {
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asserts that nothing has to be scrolled for sideways. */
  public void assertFits(String what) {
    Object wide =
        run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assertEquals(0L, wide, "pixels too wide: " + what);
  }

  /** Asserts that axe-core finds nothing wrong by WCAG 2.2 AA, nor by its best practices. */
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

  // ---- The console

  /** Says that the next answers of this status are meant to be: the browser logs each of them. */
  public void expectRefusal(int status) {
    expectConsole("the server responded with a status of " + status);
  }

  /** Says that lines with that text are meant to be in the console. */
  public void expectConsole(String text) {
    expected.add(text);
  }

  /** Asserts that the console is empty but for what was said to be expected. */
  void assertQuiet() {
    List<String> complaints =
        driver.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .map(LogEntry::getMessage)
            .filter(message -> expected.stream().noneMatch(message::contains))
            .toList();
    expected.clear();
    assertEquals(List.of(), complaints, "in the browser's console");
  }

  /** axe-core's own script. */
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
