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
 * Loads the JDBC drivers that only an import needs. The drivers are jars in a directory that the
 * operator names. No web application can load these drivers.
 */
final class ImportDrivers implements AutoCloseable {

  /**
   * Logger of the SQLite driver. This logger is turned off, because the driver logs the same
   * exceptions that it throws. The command already reports these exceptions.
   */
  private static final Logger SQLITE_LOG = Logger.getLogger("org.sqlite");

  private final URLClassLoader loader;

  private ImportDrivers(URLClassLoader loader) {
    this.loader = loader;
  }

  /**
   * Creates a class loader for the drivers.
   *
   * @param work a directory for temporary files. If the system property {@code org.sqlite.tmpdir}
   *     names a directory, that directory is used instead; otherwise {@code work} is created
   * @param directoryOrNull a directory of jars; null for no directory
   * @throws StartupException if the directory has no jars, or if a jar cannot be read
   * @throws IOException if the directory for temporary files cannot be created
   */
  static ImportDrivers of(Path work, @Nullable Path directoryOrNull) throws IOException {
    List<Path> jars = directoryOrNull == null ? List.of() : configuredJars(directoryOrNull);
    // The SQLite driver copies its native library into this directory. The directory is removed at
    // the end of the process.
    if (System.getProperty("org.sqlite.tmpdir") == null) {
      System.setProperty("org.sqlite.tmpdir", Files.createDirectories(work).toString());
    }
    SQLITE_LOG.setLevel(Level.OFF);
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      urls.add(jar.toUri().toURL());
    }
    return new ImportDrivers(new DriverLoader(urls.toArray(URL[]::new)));
  }

  /** A class loader that searches the jars first, and then the classes of the service. */
  private static final class DriverLoader extends URLClassLoader {

    DriverLoader(URL[] jars) {
      super("import", jars, ImportDrivers.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        try {
          return findClass(name);
        } catch (ClassNotFoundException e) {
          return super.loadClass(name, resolve);
        }
      }
    }
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

  /**
   * Throws an exception if a jar is damaged, because a class loader ignores a damaged jar.
   *
   * @throws StartupException if the jar cannot be read
   */
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
            + "; it must contain the jar of the JDBC driver, for SQLite org.xerial:sqlite-jdbc from"
            + " Maven Central");
  }

  private static List<Path> jars(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
      List<Path> jars = new ArrayList<>();
      files.forEach(jars::add);
      return jars;
    }
  }

  /**
   * Returns a class loader for the drivers in the jars and for the drivers of the service. The
   * drivers in the jars take precedence.
   */
  ClassLoader loader() {
    return loader;
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}
