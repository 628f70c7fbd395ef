package io.accesstokens.testing.server;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/**
 * An archive of the parsed and verified classes of the application (JEP 350). The archive saves one
 * seventh of the CPU time of each start.
 *
 * <p>The first test of a build that starts the application creates the archive. All later processes
 * of the same WAR use the archive, including processes of other test JVMs. The JVM compares each
 * archived class with the class file in the WAR, so tests always run the classes of the WAR.
 */
final class ClassArchive {

  private static final String SUFFIX = ".jsa";
  private static final Duration WRITE = Duration.ofMinutes(2);

  private ClassArchive() {}

  /** Returns the JVM options that use the archive. Creates the archive if it does not exist. */
  static synchronized List<String> options() {
    try {
      Path war = WarProcess.war();
      Path folder = Files.createDirectories(war.resolveSibling("it"));
      Path archive =
          folder.resolve(
              "classes-"
                  + Files.size(war)
                  + '-'
                  + Files.getLastModifiedTime(war).toMillis()
                  + SUFFIX);
      if (!Files.exists(archive)) {
        try (FileChannel lock =
            FileChannel.open(
                folder.resolve("classes.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
          lock.lock(); // closing the channel releases the lock
          if (!Files.exists(archive)) {
            removeOthers(folder);
            create(archive);
          }
        }
      }
      return List.of("-XX:SharedArchiveFile=" + archive);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Removes the archives of earlier builds. */
  private static void removeOthers(Path folder) throws IOException {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(folder, "classes-*" + SUFFIX)) {
      for (Path other : others) {
        Files.delete(other);
      }
    }
  }

  private static void create(Path archive) throws IOException, InterruptedException {
    Path written = archive.resolveSibling(archive.getFileName() + ".new");
    Files.deleteIfExists(written);
    WarProcess call = WarProcess.inNewFolder().withDataDirectory().archivingInto(written);
    try (RunningApplication application = RunningApplication.start(call)) {
      Api api = application.api();
      TestToken made = new ServiceTokens(api.as("alice")).create();
      api.bearer(made.rawToken()).get(ServiceTokens.WHOAMI).ok();
      new PersonalTokens(api.as("dave")).create();
      application.requestStop();
      application.awaitEnd(WRITE);
      if (!Files.exists(written)) {
        throw new AssertionError("no archive was written:\n" + application.log());
      }
    }
    Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(written, archive, StandardCopyOption.ATOMIC_MOVE);
  }
}
