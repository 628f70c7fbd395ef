package io.accesstokens.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Sets the default timeout of Awaitility in each JVM that runs tests. A long timeout takes no time
 * if the condition becomes true early. Awaitility's own default of ten seconds is too short for a
 * busy machine.
 */
public final class ConditionTimeout implements LauncherSessionListener {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(TIMEOUT);
  }
}
