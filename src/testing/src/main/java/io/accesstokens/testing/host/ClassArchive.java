package io.accesstokens.testing.host;

import io.accesstokens.testing.TemporaryFolders;
import io.accesstokens.testing.TestJvm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The unpacked WAR, with an archive of its parsed and verified classes (JEP 350), as in the
 * container image. A start from these files takes two thirds of the CPU time of {@code java -jar
 * access-tokens.war}.
 *
 * <p>In each build, the first test that needs these files creates them. All later processes of the
 * same WAR and JDK use the files, including processes of other test JVMs.
 */
public final class ClassArchive {

  private static final String NAME_PREFIX = "classes-";
  private static final int CREATE_MINUTES = 10;

  private final Path folder;

  private ClassArchive(Path folder) {
    this.folder = folder;
  }

  /** Returns the unpacked WAR and the archive of its classes. Creates both if they do not exist. */
  public static synchronized ClassArchive of(Path war) {
    try {
      Path parent = Files.createDirectories(war.resolveSibling("it"));
      long modified = Files.getLastModifiedTime(war).toMillis();
      String name = NAME_PREFIX + Files.size(war) + '-' + modified + '-' + Runtime.version();
      ClassArchive archive = new ClassArchive(parent.resolve(name));
      if (!Files.exists(archive.classes())) {
        try (FileChannel lock =
            FileChannel.open(
                parent.resolve("archive.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
          lock.lock(); // closing the channel releases the lock
          if (!Files.exists(archive.classes())) {
            removeAll(parent);
            archive.create(war);
          }
        }
      }
      return archive;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /**
   * Returns the arguments of {@code java} that start the application from the unpacked WAR, with
   * the archive.
   */
  public List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add(option());
    arguments.addAll(program());
    return arguments;
  }

  /** Returns the option of {@code java} with the path of the archive. */
  String option() {
    return "-XX:SharedArchiveFile=" + classes();
  }

  /** Returns the directory of the unpacked WAR. */
  Path war() {
    return folder.resolve("app");
  }

  /** Returns the jar whose class path contains the libraries of the WAR. */
  Path startJar() {
    return folder.resolve("start.jar");
  }

  private List<String> program() {
    return List.of("-Dio.accesstokens.unpacked=" + war(), "-jar", startJar().toString());
  }

  private Path classes() {
    return folder.resolve("classes.jsa");
  }

  /** Removes the files of earlier builds, and incomplete files. */
  private static void removeAll(Path parent) throws IOException {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(parent, NAME_PREFIX + '*')) {
      others.forEach(TemporaryFolders::delete);
    }
  }

  private void create(Path war) throws IOException, InterruptedException {
    writeStartJar(unpack(war));
    Path written = folder.resolve("classes.new");
    Path output = folder.resolve("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(TestJvm.options("256m"));
    command.addAll(List.of("-XX:ArchiveClassesAtExit=" + written, "-Xlog:cds=off"));
    command.add("-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")));
    command.addAll(program());
    command.addAll(List.of("--data-dir", folder.resolve("data").toString()));
    command.addAll(List.of("--port", "0", "--stop-when-ready"));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().putAll(TestJvm.environment());
    Process process = builder.start();
    if (!process.waitFor(CREATE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
    }
    if (process.exitValue() != 0 || !Files.exists(written)) {
      throw new AssertionError("no archive was written:\n" + Files.readString(output));
    }
    Files.move(written, classes(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Unpacks the WAR, and returns the paths of its libraries, relative to the folder. */
  private List<String> unpack(Path war) throws IOException {
    List<String> libraries = new ArrayList<>();
    try (ZipFile zip = new ZipFile(war.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String path = "app/" + entry.getName();
        Path file = folder.resolve(path);
        if (entry.isDirectory()) {
          Files.createDirectories(file);
          continue;
        }
        Files.createDirectories(file.resolveSibling(""));
        try (InputStream in = zip.getInputStream(entry)) {
          Files.copy(in, file);
        }
        if (path.endsWith(".jar")) {
          libraries.add(path);
        }
      }
    }
    return libraries;
  }

  /** Writes a jar that contains only the main class's name and the class path. */
  private void writeStartJar(List<String> libraries) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, "io.accesstokens.app.boot.Main");
    attributes.put(Attributes.Name.CLASS_PATH, String.join(" ", libraries));
    try (OutputStream out = Files.newOutputStream(startJar())) {
      new JarOutputStream(out, manifest).close();
    }
  }
}
