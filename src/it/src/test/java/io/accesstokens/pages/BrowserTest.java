package io.accesstokens.pages;

import io.accesstokens.testing.Midnight;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.program.Chromium;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Provides one application and one browser, with the sample users, which all tests of pages share.
 * Each test begins signed out.
 */
public abstract class BrowserTest {

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

  /** Pages show and enter days in the time zone of the browser, and count uses by days in UTC. */
  @BeforeEach
  final void avoidMidnight() {
    Midnight.avoid(Chromium.ZONE, Duration.ofMinutes(4));
    Midnight.avoid(ZoneOffset.UTC, Duration.ofMinutes(4));
  }

  @BeforeEach
  final void signOut() {
    // A page that is still loading would get a 401 response when the cookies are gone.
    browser.driver().get("about:blank");
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser
        .driver()
        .executeCdpCommand(
            "Storage.clearDataForOrigin",
            Map.of("origin", api.origin(), "storageTypes", "local_storage"));
    browser.lookAsEver();
  }

  @AfterEach
  final void consoleIsQuiet() {
    browser.assertQuiet();
  }

  /**
   * Opens a path in a new session of a sample user. The test starts the session, because the
   * sign-in page would take longer.
   */
  protected final void openAs(String person, String path) {
    ApiResult signedIn =
        api.call("POST", BrowserSession.PATH)
            .header("User-Agent", String.valueOf(browser.run("return navigator.userAgent")))
            .json(BrowserSession.credentials(person, person))
            .send();
    String[] cookie = BrowserSession.of(signedIn).cookie().split("=", 2);
    browser
        .driver()
        .executeCdpCommand(
            "Network.setCookie",
            Map.of(
                "url",
                api.origin() + application.contextPath() + '/',
                "name",
                cookie[0],
                "value",
                cookie[1],
                "httpOnly",
                true,
                "sameSite",
                "Lax"));
    browser.open(path);
    browser.awaitAddress(path);
    browser.awaitLoaded();
  }

  /**
   * Opens a path, and signs in as a sample user on the sign-in page. The password of a sample user
   * is the username.
   */
  protected final void signInAndOpen(String person, String path) {
    browser.open(path);
    browser.signIn(person, person);
    browser.awaitAddress(path);
    browser.awaitLoaded();
  }

  /** Runs a test whose pages run a script before all others. */
  protected final void withScript(String source, Runnable test) {
    Map<String, Object> script =
        browser
            .driver()
            .executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", source));
    try {
      test.run();
    } finally {
      browser.driver().executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", script);
    }
  }

  /**
   * Runs a part of a test while the browser has no network. The page never tries again by itself,
   * because it could do so before the test has pressed its button.
   */
  protected final void withoutNetwork(Runnable part) {
    browser.run("window.setInterval = () => 0"); // of the countdown to the next attempt
    browser.driver().executeCdpCommand("Network.enable", Map.of());
    emulateNetwork(false);
    try {
      part.run();
    } finally {
      emulateNetwork(true);
    }
  }

  private void emulateNetwork(boolean isConnected) {
    browser
        .driver()
        .executeCdpCommand(
            "Network.emulateNetworkConditions",
            Map.of(
                "offline",
                !isConnected,
                "latency",
                0,
                "downloadThroughput",
                -1,
                "uploadThroughput",
                -1));
  }

  /**
   * Asserts that a state is accessible and fits each width. If pictures are saved, tests all
   * combinations of width and color scheme.
   */
  protected final void check(String state) {
    check(state, "html");
  }

  /** Checks a state as {@link #check(String)} does, with axe-core only on a part of the page. */
  protected final void check(String state, String part) {
    Looks.check(browser, state, part);
  }

  /** Checks a state as {@link #check(String)} does, but only if pictures are saved. */
  protected final void picture(String state) {
    if (Browser.EVERY_STATE) {
      check(state);
    }
  }
}
