package io.accesstokens.app.boot;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Unpacks the WAR, runs the commands in it, and removes the unpacked files at exit. If the system
 * property {@value #UNPACKED} names a directory, the WAR is already unpacked there, and the class
 * path contains its libraries. The container image sets this property, so that the JVM can load the
 * classes from a class data archive (CDS).
 */
public final class Main {

  private static final String UNPACKED = "io.accesstokens.unpacked";

  private static final String COMMANDS = "io.accesstokens.app.command.CommandLineProgram";

  private static final List<String> LIBRARIES = List.of("WEB-INF/launcher", "WEB-INF/lib");

  private Main() {}

  /** Runs the program, and ends the process with the exit code of the program. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    try (UnpackedWar war = open()) {
      ClassLoader commands =
          System.getProperty(UNPACKED) == null ? classes(war.root()) : Main.class.getClassLoader();
      Thread.currentThread().setContextClassLoader(commands);
      Object program =
          Class.forName(COMMANDS, true, commands)
              .getConstructor(String[].class, Path.class, Path.class)
              .newInstance(args, war.root(), war.work());
      war.beforeRemoval((AutoCloseable) program);
      return (Integer) ((Callable<?>) program).call();
    } catch (Exception | LinkageError e) {
      // Catches the errors that occur before a command runs. The commands report their own errors.
      System.err.println("access-tokens cannot start: " + reason(e));
      return 1;
    }
  }

  /**
   * Returns the cause of a failed start. If a class is missing, also tries to open the WAR, because
   * a class loader does not report why it cannot open a jar. If the WAR cannot be opened, returns
   * the reason for that.
   */
  private static String reason(Throwable failure) {
    Throwable cause =
        failure instanceof InvocationTargetException wrapper && wrapper.getCause() != null
            ? wrapper.getCause()
            : failure;
    if (!(cause instanceof ClassNotFoundException) && !(cause instanceof LinkageError)) {
      return cause.toString();
    }
    try {
      Files.newInputStream(ownArchive()).close();
      return cause.toString();
    } catch (NoSuchFileException | AccessDeniedException e) {
      return e.toString();
    } catch (FileSystemException e) {
      return e.getReason()
          + ". The limit of open files of this process (ulimit -n) must be at least 1024";
    } catch (Exception | LinkageError e) {
      return cause.toString();
    }
  }

  private static UnpackedWar open() throws Exception {
    String unpacked = System.getProperty(UNPACKED);
    return unpacked == null ? UnpackedWar.of(ownArchive()) : UnpackedWar.at(Path.of(unpacked));
  }

  private static Path ownArchive() throws Exception {
    return Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Returns a class loader for the classes of the server and of the application. */
  private static ClassLoader classes(Path root) throws IOException {
    List<File> jars = new ArrayList<>();
    for (String directory : LIBRARIES) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(root.resolve(directory), "*.jar")) {
        files.forEach(file -> jars.add(file.toFile()));
      }
    }
    // The class loader searches the jars in this order. Most classes are in the largest jars.
    jars.sort(Comparator.comparingLong(File::length).reversed());
    List<URL> urls = new ArrayList<>();
    for (File jar : jars) {
      urls.add(jar.toURI().toURL());
    }
    return new URLClassLoader(
        "application", urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }
}
