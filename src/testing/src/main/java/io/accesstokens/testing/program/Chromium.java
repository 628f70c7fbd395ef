package io.accesstokens.testing.program;

import io.accesstokens.testing.TemporaryFolders;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.remote.CapabilityType;

/**
 * Debian's Chromium, built without the windows and services of a desktop browser. This build needs
 * two thirds of the CPU time of the desktop browser. The temporary profile of the browser is
 * removed when the JVM ends.
 */
public final class Chromium {

  /** The time zone of the browser. */
  public static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  /** Names of the Chromium features that are disabled, because they start additional processes. */
  private static final List<String> DISABLED_FEATURES =
      List.of("IsolateOrigins", "site-per-process", "SpareRendererForSitePerProcess");

  /**
   * Makes each timer of ten seconds or more ten times as long. A page gives up a request after 20
   * seconds, and removes an announcement after 10 seconds. A stop of the machine can take as long,
   * and the clock of the browser goes on meanwhile.
   */
  private static final String LONG_TIMERS =
      """
      {
        const { setTimeout } = window;
        window.setTimeout = (run, delay, ...more) =>
          setTimeout(run, delay >= 10000 ? 10 * delay : delay, ...more);
      }
      """;

  private static @Nullable ChromeDriver shared;

  private Chromium() {}

  /** Returns the browser that all tests of this JVM share. A test must not close the browser. */
  public static synchronized ChromeDriver shared() {
    ChromeDriver driver = shared;
    if (driver == null) {
      driver = start();
      shared = driver;
    }
    return driver;
  }

  private static ChromeDriver start() {
    try {
      Path profile = Files.createTempDirectory("access-tokens-chromium-");
      LoggingPreferences logs = new LoggingPreferences();
      logs.enable(LogType.BROWSER, Level.ALL);
      ChromeOptions options = new ChromeOptions();
      options.setCapability(CapabilityType.BROWSER_NAME, "chrome-headless-shell");
      options.setBinary(ServerPrograms.chromium().toFile());
      options.addArguments(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--disable-quic",
          "--disable-breakpad",
          // One process for all sites, because the start of a process costs CPU time. Cookies,
          // CORS and frames are checked outside these processes.
          "--disable-site-isolation-trials",
          "--renderer-process-limit=1",
          "--disable-features=" + String.join(",", DISABLED_FEATURES),
          "--lang=en-GB",
          "--window-size=1280,900",
          "--user-data-dir=" + profile);
      options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
      ChromeDriverService service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(ServerPrograms.chromedriver().toFile())
              .usingAnyFreePort()
              .withLogFile(new File(profile.toFile(), "driver.log"))
              .withEnvironment(Map.of("TZ", ZONE.getId(), "LANGUAGE", "en_GB"))
              .build();
      ChromeDriver driver = new ChromeDriver(service, options);
      driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
      driver.executeCdpCommand(
          "Page.addScriptToEvaluateOnNewDocument", Map.of("source", LONG_TIMERS));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(driver, profile)));
      return driver;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(ChromeDriver driver, Path profile) {
    driver.quit();
    TemporaryFolders.delete(profile);
  }
}
