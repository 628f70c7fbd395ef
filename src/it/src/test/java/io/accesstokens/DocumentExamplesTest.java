package io.accesstokens;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks that the documentation quotes the examples word for word. Tests compile and run the
 * examples.
 *
 * <p>A page names its quote in a comment before a code block:
 *
 * <pre>{@code
 * <!-- example: protect/CatalogResource.java#declare -->
 * }</pre>
 *
 * <p>The comment refers to an example below {@code src/examples}. It selects the lines between
 * {@code // region: declare} and {@code // endregion}; regions may be nested. If a region occurs
 * several times, {@code // …} replaces the lines between the parts. A file of a project of its own
 * is named by the project and the file, such as {@code spring-boot/pom.xml}. In such files, the
 * comments have the form of their language.
 *
 * <p>After an example has changed, this command updates the quotes:
 *
 * <pre>{@code
 * mvn -q -pl src/it -am test -Dtest=DocumentExamplesTest \
 *   -Dsurefire.failIfNoSpecifiedTests=false -Dexamples.quote=true
 * }</pre>
 */
class DocumentExamplesTest {

  private static final Path PROJECTS = Path.of("src/examples");
  private static final Path EXAMPLES = PROJECTS.resolve("src/main/java/io/accesstokens/examples");
  private static final Pattern QUOTE =
      Pattern.compile("(?s)<!-- example: (\\S+)#(\\S+) -->\n```(java|xml|properties)\n(.*?)```\n");
  private static final Pattern FILE = Pattern.compile(".*\\.(?:java|xml|properties)");
  private static final Pattern MENTION = Pattern.compile("<!-- example: (\\S+)");
  private static final Pattern BEGIN = Pattern.compile("\\s*(?://|#|<!--) region: (\\S+)(?: -->)?");
  private static final Pattern END = Pattern.compile("\\s*(?://|#|<!--) endregion(?: -->)?");

  private final Map<String, String> regions = regions();

  @Test
  void quotedCodeEqualsTheExamples() throws IOException {
    Set<String> quoted = new TreeSet<>();
    List<Path> pages = pages();
    for (Path page : pages) {
      String text = Files.readString(page);
      String expected = QUOTE.matcher(text).replaceAll(match -> quote(match, quoted));
      if (Boolean.getBoolean("examples.quote")) {
        Files.writeString(page, expected);
      } else {
        assertEquals(
            expected,
            text,
            page
                + ": run mvn -q -pl src/it -am test -Dtest=DocumentExamplesTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dexamples.quote=true");
      }
    }
    assertEquals(regions.keySet(), quoted, "a region is quoted by no page");
  }

  @Test
  void everyMentionedExampleIsQuoted() {
    assertAll(
        pages().stream()
            .map(
                page ->
                    () -> {
                      String text = Files.readString(page);
                      assertEquals(
                          MENTION.matcher(text).results().count(),
                          QUOTE.matcher(text).results().count(),
                          page + ": a code block must follow each comment that names an example");
                    }));
    assertFalse(regions.isEmpty(), "no region was found");
  }

  private String quote(MatchResult found, Set<String> quoted) {
    String name = found.group(1) + '#' + found.group(2);
    String code = regions.get(name);
    if (code == null) {
      throw new AssertionError("there is no region " + name + " but " + regions.keySet());
    }
    quoted.add(name);
    return Matcher.quoteReplacement(
        "<!-- example: " + name + " -->\n```" + found.group(3) + '\n' + code + "```\n");
  }

  private static List<Path> pages() {
    try (Stream<Path> docs = Files.list(Path.of("src/docs"))) {
      return Stream.concat(Stream.of(Path.of("README.md")), docs.sorted())
          .filter(page -> page.toString().endsWith(".md"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the code of each region by {@code file#region}, sorted by name. */
  private static Map<String, String> regions() {
    Map<String, String> found = new TreeMap<>();
    for (Path file : files(EXAMPLES)) {
      String name = EXAMPLES.relativize(file).toString().replace('\\', '/');
      regionsOf(file).forEach((region, code) -> found.put(name + '#' + region, code));
    }
    for (Path project : projects()) {
      for (Path file : files(project)) {
        String name = project.getFileName() + "/" + file.getFileName();
        regionsOf(file).forEach((region, code) -> found.put(name + '#' + region, code));
      }
    }
    return found;
  }

  /** Returns the folders of examples that are Maven projects of their own. */
  private static List<Path> projects() {
    try (Stream<Path> folders = Files.list(PROJECTS)) {
      return folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path below) {
    try (Stream<Path> files = Files.walk(below)) {
      return files
          .filter(file -> FILE.matcher(file.toString()).matches())
          .filter(file -> !file.startsWith(below.resolve("target")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> linesOf(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> regionsOf(Path file) {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    Deque<String> open = new ArrayDeque<>();
    for (String line : linesOf(file)) {
      Matcher begin = BEGIN.matcher(line);
      if (begin.matches()) {
        String name = begin.group(1);
        open.push(name);
        List<String> before = lines.putIfAbsent(name, new ArrayList<>());
        if (before != null) {
          before.add("  // …");
          before.add("");
        }
      } else if (END.matcher(line).matches()) {
        open.pop();
      } else {
        open.forEach(name -> lines.getOrDefault(name, new ArrayList<>()).add(line));
      }
    }
    if (!open.isEmpty()) {
      throw new AssertionError(file + " does not end the regions " + open);
    }
    Map<String, String> code = new LinkedHashMap<>();
    lines.forEach((name, them) -> code.put(name, them.stream().collect(Collectors.joining("\n"))));
    // A blank last line would count as a line without indentation.
    code.replaceAll((name, text) -> text.stripTrailing().stripIndent().strip() + '\n');
    return code;
  }
}
