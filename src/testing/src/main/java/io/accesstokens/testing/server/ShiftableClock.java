package io.accesstokens.testing.server;

import io.accesstokens.testing.client.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/**
 * The wall clock of a Java process. A test can set it at run time, as an operator or a time server
 * sets a machine's clock. The monotonic clock is not affected.
 *
 * <p>The process loads Debian's libfaketime. A JVM needs three of its variables:
 *
 * <ul>
 *   <li>Monotonic clocks are not changed. Otherwise the JVM hangs.
 *   <li>The "monotonic fix" for old C libraries is off. Otherwise timed waits return at once.
 *   <li>No shared memory is created, because a killed process would leave it behind.
 * </ul>
 */
public final class ShiftableClock {

  private final Path file;

  private ShiftableClock(Path file) {
    this.file = file;
  }

  /** Returns a clock that shows the correct time. Its state is in the given folder. */
  public static ShiftableClock in(Path folder) throws IOException {
    ShiftableClock clock = new ShiftableClock(folder.resolve("clock"));
    clock.shift(Duration.ZERO);
    return clock;
  }

  /** Returns a copy of the process that uses this clock. */
  public WarProcess usedBy(WarProcess process) {
    Map<String, String> variables =
        Map.of(
            "LD_PRELOAD", ServerPrograms.libfaketime().toString(),
            "FAKETIME_TIMESTAMP_FILE", file.toString(),
            "FAKETIME_NO_CACHE", "1",
            "FAKETIME_DONT_FAKE_MONOTONIC", "1",
            "FAKETIME_FORCE_MONOTONIC_FIX", "0",
            "FAKETIME_DISABLE_SHM", "1");
    WarProcess changed = process;
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      changed = changed.withEnvironment(variable.getKey(), variable.getValue());
    }
    return changed;
  }

  /**
   * Sets the clock to the correct time plus this offset, which may be negative. Takes effect at
   * once.
   *
   * <p>Tomcat measures by the wall clock how long a connection is idle. So it closes idle
   * connections some time after the clock has moved forward. So this method makes each {@link Api}
   * open new connections for later requests.
   */
  public void shift(Duration offset) throws IOException {
    Path next = file.resolveSibling("clock.next");
    Files.writeString(next, "%+d%n".formatted(offset.toSeconds()));
    // The file is replaced atomically, because a process that reads a partial file would use a
    // wrong time.
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    Api.abandonConnections();
  }
}
