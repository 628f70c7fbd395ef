package io.accesstokens.pages;

import io.accesstokens.testing.Api;
import io.accesstokens.testing.Chromium;
import io.accesstokens.testing.RunningApplication;
import io.accesstokens.testing.ServiceTokens;
import io.accesstokens.testing.WarProcess;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Tests of pages against one application that all of them share, with the sample people. Each
 * begins signed out.
 */
public abstract class BrowserTest {

  private static @Nullable RunningApplication shared;

  /** The application that all tests share. */
  protected final RunningApplication application = application();

  /** Calls it without a browser, and without credentials. */
  protected final Api api = application.api();

  /** Service tokens, as alice manages them. */
  protected final ServiceTokens tokens = new ServiceTokens(api.as("alice"));

  /** The browser that all tests share. */
  protected final Browser browser =
      new Browser(Chromium.shared(), api.origin() + application.contextPath());

  private static synchronized RunningApplication application() {
    RunningApplication running = shared;
    if (running == null) {
      try {
        running = RunningApplication.start(WarProcess.inNewFolder().with("--in-memory"));
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
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.lookAsEver();
  }

  @AfterEach
  final void consoleIsQuiet() {
    browser.assertQuiet();
  }

  /** Opens a path as a sample person, whose password is the name. */
  protected final void openAs(String person, String path) {
    browser.open(path);
    browser.signIn(person, person);
    browser.awaitAddress(path);
    browser.find(org.openqa.selenium.By.cssSelector("main h1"));
  }
}
