package io.accesstokens.app.command;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads the JDBC drivers that only an import needs: jars and directories of classes in {@code
 * WEB-INF/import}. No web application sees them there.
 */
final class ImportDrivers implements AutoCloseable {

  private final URLClassLoader loader;

  private ImportDrivers(URLClassLoader loader) {
    this.loader = loader;
  }

  static ImportDrivers of(Path webapp) throws IOException {
    Path folder = webapp.resolve("WEB-INF/import");
    List<URL> places = new ArrayList<>();
    try (DirectoryStream<Path> drivers = Files.newDirectoryStream(folder)) {
      for (Path driver : drivers) {
        places.add(driver.toUri().toURL());
      }
    }
    // SQLite's driver copies its native library into this folder, which is removed with the
    // unpacked archive.
    if (System.getProperty("org.sqlite.tmpdir") == null) {
      System.setProperty("org.sqlite.tmpdir", folder.toString());
    }
    return new ImportDrivers(
        new URLClassLoader(
            "import", places.toArray(URL[]::new), ImportDrivers.class.getClassLoader()));
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
