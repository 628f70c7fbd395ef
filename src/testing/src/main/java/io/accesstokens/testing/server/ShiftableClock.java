package io.accesstokens.testing.server;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.program.ServerPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/**
 * The wall clock of a Java process. A test can set the clock at run time. The monotonic clock does
 * not change.
 *
 * <p>The process loads Debian's libfaketime. Three settings of libfaketime are necessary for a JVM:
 *
 * <ul>
 *   <li>The monotonic clock is not changed, because a change makes the JVM hang.
 *   <li>The "monotonic fix" for old C libraries is disabled, because the fix makes timed waits
 *       return immediately.
 *   <li>No shared memory is created, because a killed process would not remove the memory.
 * </ul>
 */
public final class ShiftableClock {

  private final Path file;

  private ShiftableClock(Path file) {
    this.file = file;
  }

  /**
   * Returns a clock that shows the correct time.
   *
   * @param folder the folder for the file with the offset of the clock
   */
  public static ShiftableClock in(Path folder) throws IOException {
    ShiftableClock clock = new ShiftableClock(folder.resolve("clock"));
    clock.shift(Duration.ZERO);
    return clock;
  }

  /** Returns a copy of a call. The copy runs in a separate process with this clock. */
  public WarProcess usedBy(WarProcess process) {
    Map<String, String> variables =
        Map.of(
            "LD_PRELOAD", ServerPrograms.libfaketime().toString(),
            "FAKETIME_TIMESTAMP_FILE", file.toString(),
            "FAKETIME_NO_CACHE", "1",
            "FAKETIME_DONT_FAKE_MONOTONIC", "1",
            "FAKETIME_FORCE_MONOTONIC_FIX", "0",
            "FAKETIME_DISABLE_SHM", "1");
    WarProcess changed = process.inSeparateProcess();
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      changed = changed.withEnvironment(variable.getKey(), variable.getValue());
    }
    return changed;
  }

  /**
   * Sets the clock to the correct time plus an offset. The change takes effect immediately.
   *
   * <p>Tomcat measures the idle time of a connection with the wall clock. Therefore Tomcat closes
   * idle connections after a shift forward. This method makes each {@link Api} open new connections
   * for later requests.
   *
   * @param offset the offset, rounded down to seconds; may be negative
   */
  public void shift(Duration offset) throws IOException {
    Path next = file.resolveSibling("clock.next");
    Files.writeString(next, "%+d%n".formatted(offset.toSeconds()));
    // The file is replaced atomically. A process that reads a partial file would use a wrong time.
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    Api.abandonConnections();
  }
}
