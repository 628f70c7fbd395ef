package io.accesstokens.app.command;

import io.accesstokens.app.StartupException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Loads the JDBC drivers that only an import needs: the jars in {@code WEB-INF/import}, and those
 * in a directory that the operator names. No web application sees them.
 */
final class ImportDrivers implements AutoCloseable {

  /** SQLite's driver logs stack traces, besides throwing exceptions that the command reports. */
  private static final Logger SQLITE_LOG = Logger.getLogger("org.sqlite");

  private final URLClassLoader loader;

  private ImportDrivers(URLClassLoader loader) {
    this.loader = loader;
  }

  /**
   * Opens the drivers.
   *
   * @param directoryOrNull a directory of jars, which take precedence over the packed ones; or null
   * @throws StartupException if the given directory has no jars, or a jar cannot be read
   */
  static ImportDrivers of(Path webapp, @Nullable Path directoryOrNull) throws IOException {
    Path packed = webapp.resolve("WEB-INF/import");
    List<Path> jars = new ArrayList<>();
    if (directoryOrNull != null) {
      jars.addAll(configuredJars(directoryOrNull));
    }
    jars.addAll(jars(packed));
    // SQLite's driver copies its native library into this folder, which is removed with the
    // unpacked archive.
    if (System.getProperty("org.sqlite.tmpdir") == null) {
      System.setProperty("org.sqlite.tmpdir", packed.toString());
    }
    SQLITE_LOG.setLevel(Level.OFF);
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      urls.add(jar.toUri().toURL());
    }
    return new ImportDrivers(
        new URLClassLoader(
            "import", urls.toArray(URL[]::new), ImportDrivers.class.getClassLoader()));
  }

  private static List<Path> configuredJars(Path directory) {
    List<Path> jars;
    try {
      jars = jars(directory);
    } catch (IOException e) {
      throw refused(directory + " is not a readable directory");
    }
    if (jars.isEmpty()) {
      throw refused(directory + " contains no *.jar file");
    }
    for (Path jar : jars) {
      requireReadable(jar);
    }
    return jars;
  }

  /** A class loader skips damaged jars silently, so they are opened here first. */
  private static void requireReadable(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      file.size();
    } catch (IOException e) {
      throw refused(jar + " cannot be read, or is not a jar");
    }
  }

  private static StartupException refused(String problem) {
    return new StartupException(
        "--drivers: "
            + problem
            + "; it must hold the jar of the JDBC driver, for SQLite org.xerial:sqlite-jdbc from"
            + " Maven Central");
  }

  private static List<Path> jars(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
      List<Path> jars = new ArrayList<>();
      files.forEach(jars::add);
      return jars;
    }
  }

  /** Returns a class loader for these drivers and for the service's own. */
  ClassLoader loader() {
    return loader;
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}
