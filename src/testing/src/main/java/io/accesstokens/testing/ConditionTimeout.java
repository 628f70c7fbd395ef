package io.accesstokens.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Sets the default timeout of Awaitility in each JVM that runs tests. Awaitility's own default of
 * ten seconds is too short for a busy machine. A test ends its wait when the condition becomes
 * true. A long timeout therefore does not make successful tests slower.
 *
 * <p>In unit tests, a condition is checked immediately, and then at growing intervals of 2 to 100
 * milliseconds. Awaitility's own default is 100 milliseconds before each check, which is longer
 * than most unit tests take.
 */
public final class ConditionTimeout implements LauncherSessionListener {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final long MAX_INTERVAL_MILLIS = 100;

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(TIMEOUT);
    if (Boolean.getBoolean("test.shortIntervals")) {
      Awaitility.setDefaultPollDelay(Duration.ZERO);
      Awaitility.setDefaultPollInterval((count, previous) -> interval(count));
    }
  }

  private static Duration interval(int count) {
    return Duration.ofMillis(Math.min(MAX_INTERVAL_MILLIS, 1L << Math.min(count, 10)));
  }
}
