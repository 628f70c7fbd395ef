package io.accesstokens;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that the public API page lists exactly the public types of the libraries. */
class PublicApiTest {

  /** Modules that are published for other applications. */
  private static final List<String> MODULES =
      List.of("verify", "log", "auth", "spring", "core", "store", "rest");

  /** Packages of these modules that are not for other applications. */
  private static final Set<String> INTERNAL =
      Set.of(
          "io.accesstokens.consent",
          "io.accesstokens.exchange",
          "io.accesstokens.http.response",
          "io.accesstokens.notice",
          "io.accesstokens.store.entity",
          "io.accesstokens.store.listing",
          "io.accesstokens.store.log",
          "io.accesstokens.store.notice",
          "io.accesstokens.store.session");

  private static final Path PAGE = Path.of("src/docs/public-api.md");
  private static final Pattern PACKAGE = Pattern.compile("### `(io\\.accesstokens\\.[a-z.]+)`.*");

  /** Matches the declaration of a public type that is not nested. */
  private static final Pattern PUBLIC =
      Pattern.compile(
          "(?m)^public (?:(?:abstract|final|sealed|non-sealed) )*+"
              + "(?:class|interface|record|enum|@interface) ");

  private static final Pattern TYPE = Pattern.compile("`([A-Z]\\w*)`");

  /** Matches an import of a type of this project. The package has group 1, and the type group 2. */
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (io\\.accesstokens\\.(?!examples)[a-z.]+)\\.([A-Z]\\w*)");

  @Test
  void documentListsExactlyThePublicTypes() throws IOException {
    assertEquals(lines(published()), lines(listed(row -> true)));
  }

  @Test
  void examplesUseOnlyThePublicApi() throws IOException {
    Map<String, Set<String>> allowed = listed(row -> !row.contains("Internal."));
    Set<String> others = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/examples"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (!file.toString().endsWith(".java")) {
          continue;
        }
        Matcher imported = IMPORT.matcher(Files.readString(file));
        while (imported.find()) {
          if (!allowed.getOrDefault(imported.group(1), Set.of()).contains(imported.group(2))) {
            others.add(file.getFileName() + ": " + imported.group());
          }
        }
      }
    }
    assertEquals(Set.of(), others, "imports of types that are not public API");
  }

  private static String lines(Map<String, Set<String>> types) {
    return types.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + String.join(", ", entry.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private static Map<String, Set<String>> listed(Predicate<String> rows) throws IOException {
    Map<String, Set<String>> types = new TreeMap<>();
    String in = "";
    for (String line : Files.readAllLines(PAGE)) {
      Matcher heading = PACKAGE.matcher(line);
      if (heading.matches()) {
        in = heading.group(1);
      } else if (line.startsWith("| `") && rows.test(line)) {
        Matcher type = TYPE.matcher(line.substring(0, line.indexOf('|', 1)));
        while (type.find()) {
          types.computeIfAbsent(in, key -> new TreeSet<>()).add(type.group(1));
        }
      }
    }
    return types;
  }

  private static Map<String, Set<String>> published() throws IOException {
    Map<String, Set<String>> types = new TreeMap<>();
    for (Path sources : SourceTree.main()) {
      if (!MODULES.contains(sources.getName(1).toString())) {
        continue;
      }
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          String name = file.getFileName().toString().replaceFirst("\\.java$", "");
          if (file.toString().endsWith(".java") && PUBLIC.matcher(Files.readString(file)).find()) {
            String in =
                sources.relativize(file.getParent()).toString().replace(File.separatorChar, '.');
            if (!INTERNAL.contains(in)) {
              types.computeIfAbsent(in, key -> new TreeSet<>()).add(name);
            }
          }
        }
      }
    }
    return types;
  }
}
