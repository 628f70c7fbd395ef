package io.accesstokens.app.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TestJvm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedWarTest {

  @TempDir Path temp;

  /** Sets an old modification time, and prints whether a file is locked. */
  static final class OtherProcess {

    private static final FileTime OLD = FileTime.fromMillis(0);

    private OtherProcess() {}

    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0]);
      Files.setLastModifiedTime(file, OLD);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        System.out.print(lock == null ? "locked" : "not locked");
      }
    }

    /** Runs this class in a process of its own. In this process, it would release the lock. */
    static String inspect(Path file) throws Exception {
      ProcessBuilder command =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  Path.of(
                          OtherProcess.class
                              .getProtectionDomain()
                              .getCodeSource()
                              .getLocation()
                              .toURI())
                      .toString(),
                  OtherProcess.class.getName(),
                  file.toString())
              .redirectErrorStream(true);
      // With some variables, the JVM writes a line of its own.
      command.environment().keySet().retainAll(TestJvm.environment().keySet());
      return new String(command.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void updateOfTheTimesKeepsTheLock() throws Exception {
    Path archive = temp.resolve("a.war");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      zip.putNextEntry(new ZipEntry("WEB-INF/lib/a.jar"));
    }
    try (UnpackedWar war = UnpackedWar.of(archive)) {
      Path directory = war.root().resolveSibling("");
      try (Stream<Path> names = Files.list(directory).map(Path::getFileName)) {
        assertEquals(List.of(Path.of("lock"), Path.of("root")), names.sorted().toList());
      }
      Path lock = directory.resolve("lock");
      Path jar = war.root().resolve("WEB-INF/lib/a.jar");
      Files.setLastModifiedTime(jar, OtherProcess.OLD);
      assertEquals("locked", OtherProcess.inspect(lock));
      assertEquals(OtherProcess.OLD, Files.getLastModifiedTime(lock));
      war.touch();
      for (Path file : List.of(lock, jar)) {
        assertTrue(
            Files.getLastModifiedTime(file).compareTo(OtherProcess.OLD) > 0,
            () -> file + " is old");
      }
      assertEquals("locked", OtherProcess.inspect(lock));
    }
  }
}
