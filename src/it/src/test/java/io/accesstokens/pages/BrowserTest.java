package io.accesstokens.pages;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.Chromium;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Provides one application and one browser, with the sample users, which all tests of pages share.
 * Each test begins signed out.
 */
public abstract class BrowserTest {

  private static final int WIDE = 1280;
  private static final int NARROW = 360;

  private static final List<Look> LOOKS =
      List.of(
          new Look("light", WIDE, false),
          new Look("dark", WIDE, true),
          new Look("narrow-dark", NARROW, true),
          new Look("narrow", NARROW, false));

  private static @Nullable RunningApplication shared;

  /** The application that all tests share. */
  protected final RunningApplication application = application();

  /** Calls the application without a browser and without credentials. */
  protected final Api api = application.api();

  /** Manages service tokens as alice. */
  protected final ServiceTokens tokens = new ServiceTokens(api.as("alice"));

  /** The browser that all tests share. */
  protected final Browser browser =
      new Browser(Chromium.shared(), api.origin() + application.contextPath());

  private static synchronized RunningApplication application() {
    RunningApplication running = shared;
    if (running == null) {
      try {
        running =
            RunningApplication.start(
                WarProcess.inNewFolder().inSeparateProcess().with("--in-memory"));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(running::close));
      shared = running;
    }
    return running;
  }

  @BeforeEach
  final void signOut() {
    // A page that is still loading would get a 401 response when the cookies are gone.
    browser.driver().get("about:blank");
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.lookAsEver();
  }

  @AfterEach
  final void consoleIsQuiet() {
    browser.assertQuiet();
  }

  /** Signs in as a sample user and opens a path. The password of a sample user is the username. */
  protected final void openAs(String person, String path) {
    browser.open(path);
    browser.signIn(person, person);
    browser.awaitAddress(path);
    browser.find(org.openqa.selenium.By.cssSelector("main h1"));
  }

  /** Asserts that a state is accessible and fits in all looks, and saves a screenshot of each. */
  protected final void check(String state) {
    for (Look look : LOOKS) {
      browser.look(look.width(), look.dark());
      browser.assertAccessible(state + ", " + look.name());
      browser.assertFits(state + ", " + look.name());
      browser.screenshot(state + '-' + look.name());
    }
    browser.lookAsEver();
  }

  /** A width and a color scheme in which a page is tested. */
  private record Look(String name, int width, boolean dark) {}
}
