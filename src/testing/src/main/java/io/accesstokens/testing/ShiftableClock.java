package io.accesstokens.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/**
 * The wall clock of a Java process, which can be set while it runs, as an operator or a time server
 * sets that of a machine; the monotonic clock goes on undisturbed.
 *
 * <p>Debian's libfaketime is loaded into the process. Three of its variables are needed for a JVM:
 * monotonic clocks are left alone, or it hangs; the "monotonic fix" for old C libraries is off, or
 * timed waits return at once; and no shared memory is made, which a killed process would leave
 * behind.
 */
public final class ShiftableClock {

  private final Path file;

  private ShiftableClock(Path file) {
    this.file = file;
  }

  /** A clock that is right, kept in a folder of the caller's. */
  public static ShiftableClock in(Path folder) throws IOException {
    ShiftableClock clock = new ShiftableClock(folder.resolve("clock"));
    clock.shift(Duration.ZERO);
    return clock;
  }

  /** A process that uses this clock. */
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

  /** Sets it at once to the right time plus this, which may be negative. */
  public void shift(Duration offset) throws IOException {
    Path next = file.resolveSibling("clock.next");
    Files.writeString(next, "%+d%n".formatted(offset.toSeconds()));
    // In one step: a process that reads half a file would go by some other time.
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
