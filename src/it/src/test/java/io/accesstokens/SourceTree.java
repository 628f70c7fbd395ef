package io.accesstokens;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Locates the sources and classes of all modules. */
public final class SourceTree {

  /** Modules whose code is for tests and documents only. */
  private static final Set<String> NOT_SHIPPED = Set.of("testing", "examples");

  private static final Path MODULES = Path.of("src");

  private SourceTree() {}

  /** Returns the directories of the main sources of the modules that are shipped. */
  static List<Path> main() {
    return allMain().stream()
        .filter(path -> !NOT_SHIPPED.contains(path.getName(1).toString()))
        .toList();
  }

  /** Returns the directories of the main sources of all modules. */
  static List<Path> allMain() {
    return directories("src/main/java");
  }

  /** Returns the directories of the test sources. */
  public static List<Path> tests() {
    return directories("src/test/java");
  }

  /** Returns the source of a main class by its fully qualified name. */
  static Path source(String className) {
    String file = className.replace('.', '/') + ".java";
    return main().stream()
        .map(directory -> directory.resolve(file))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no source of " + className));
  }

  /** Returns the main classes of the modules that are shipped. They are read once. */
  static JavaClasses classes() {
    return Imported.CLASSES;
  }

  private static final class Imported {

    static final JavaClasses CLASSES =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(SourceTree::isShipped)
            .importPackages("io.accesstokens");
  }

  /**
   * A module is a folder of classes, or an archive in the folder of the build or in a repository.
   */
  private static boolean isShipped(Location location) {
    return NOT_SHIPPED.stream()
        .noneMatch(
            module ->
                location.contains("/" + module + "/target/")
                    || location.contains("/access-tokens-" + module + "/"));
  }

  private static List<Path> directories(String below) {
    return modules().stream()
        .map(module -> module.resolve(below))
        .filter(Files::isDirectory)
        .toList();
  }

  /** Returns the directories of all modules. */
  static List<Path> modules() {
    try (Stream<Path> modules = Files.list(MODULES)) {
      return modules.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
