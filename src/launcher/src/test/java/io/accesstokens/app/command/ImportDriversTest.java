package io.accesstokens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportDriversTest {

  private static final String POSTGRESQL = "org.postgresql.Driver";
  private static final String MARIADB = "org.mariadb.jdbc.Driver";

  @TempDir Path folder;

  @Test
  void driverInTheDirectoryTakesPrecedence() throws Exception {
    ClassLoader service = ImportDrivers.class.getClassLoader();
    Path directory = Files.createDirectory(folder.resolve("drivers"));
    writeJar(directory.resolve("postgresql.jar"), service);
    try (ImportDrivers drivers = ImportDrivers.of(folder.resolve("work"), directory)) {
      Class<?> replaced = Class.forName(POSTGRESQL, false, drivers.loader());
      assertNotSame(Class.forName(POSTGRESQL, false, service), replaced);
      assertSame(drivers.loader(), replaced.getClassLoader());
      assertSame(replaced, drivers.loader().loadClass(POSTGRESQL));
      assertEquals(Driver.class, replaced.getInterfaces()[0], "the interface is that of the JDK");
      assertSame(
          Class.forName(MARIADB, false, service), Class.forName(MARIADB, false, drivers.loader()));
    }
  }

  /** Writes a jar with a copy of the class of the PostgreSQL driver. */
  private static void writeJar(Path jar, ClassLoader service) throws IOException {
    String name = POSTGRESQL.replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        InputStream content = Objects.requireNonNull(service.getResourceAsStream(name))) {
      out.putNextEntry(new JarEntry(name));
      content.transferTo(out);
    }
  }
}
