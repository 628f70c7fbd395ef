package io.accesstokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks that comments, texts and documents do not use words that the project replaces by standard
 * terms.
 *
 * <p>In Java sources, the check reads comments and string literals. In documents, settings and
 * pages, it reads the whole text. A word that is written in upper case only is the name of a
 * constant and is ignored. To rule out another word, add it to {@link #WORDS} with its replacement.
 */
class PlainLanguageTest {

  /** Words and phrases in any case, and their replacements. Each key is a regular expression. */
  private static final Map<String, String> WORDS = words();

  /** Texts with a ruled-out word that must stay, by the end of the path of their file. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          // "nobody" is the name of a user account of the operating system.
          "testing/server/PostgresServer.java",
          Set.of("nobody"),
          // The parameter is the accessor of a public record.
          "token/policy/PermissionPolicy.java",
          Set.of("everybody"),
          // "Wants" is the name of a setting of systemd.
          "docs/run-as-a-service.md",
          Set.of("wants"),
          // These lines are the words themselves and examples for them.
          "PlainLanguageTest.java",
          Set.of("*"));

  private static final Pattern RULED_OUT =
      Pattern.compile(
          "\\b(?:" + String.join("|", WORDS.keySet()).replace(" ", "\\s++") + ")\\b",
          Pattern.CASE_INSENSITIVE);

  /** Matches a comment, a string or a character literal, which are the texts of Java. */
  private static final Pattern JAVA_TEXT =
      Pattern.compile(
          "\"\"\"(?s:.*?)\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*+\"|'(?:\\\\.|[^'\\\\\n])++'"
              + "|//[^\n]*+|/\\*(?s:.*?)\\*/");

  /** Matches a Javadoc reference, which contains names and no words. */
  private static final Pattern REFERENCE =
      Pattern.compile("\\{@(?:link|linkplain|value)\\s[^}]*+}");

  /** Matches the start of a line of a comment or a list, which can be within a phrase. */
  private static final Pattern LINE_START =
      Pattern.compile("^[ \t]*+(?:\\*(?!/)|//|#++)", Pattern.MULTILINE);

  private static final Pattern SPACES = Pattern.compile("\\s++");

  private static final List<String> DOCUMENTS =
      List.of(".md", ".yaml", ".html", ".js", ".css", ".xml", ".asadmin", "Dockerfile");

  private static Map<String, String> words() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("some(?:body|one)", "a user, a caller, a client");
    words.put("nobody|no one", "no user, no caller");
    words.put("who(?:m)?ever", "a caller that, a user who");
    words.put("anybody", "any caller, any user");
    words.put("everybody", "every user, all callers");
    words.put("(?:is|are|was|were|be|been|being) told", "gets, receives, is notified");
    words.put("dear(?:er|est)?", "expensive");
    words.put("patient(?:ly)?", "waiting, without a timeout");
    words.put("strangers?", "anonymous caller, unknown client");
    words.put("lanes?", "bulkhead");
    words.put("rooms?", "package, module, capacity");
    words.put("(?:hands|handed|handing) on", "passes");
    words.put("wants", "needs, requests");
    words.put("vouch(?:es|ed)?", "confirms");
    words.put("people(?:'s)? file", "users file");
    words.put("what (?:becomes|became) of", "the result of");
    words.put("brought over", "imported, copied");
    words.put("(?:out of|within) reach", "unreachable, available, accessible");
    words.put("stands? (?:there|here)", "occurs, is present");
    words.put("pass(?:es|ed)? over", "ignores, skips");
    words.put("for good", "permanently");
    words.put("good nowhere", "invalid");
    words.put("give or take", "with a tolerance of");
    words.put("anew", "again");
    words.put("time-outs?", "timeout");
    words.put("(?:cannot|can not) be found out", "cannot be determined");
    words.put("audit trails?", "audit log");
    words.put("also (?:if|after|before|when)", "even if, even after");
    words.put("for ever", "permanently");
    return words;
  }

  @Test
  void textsUseStandardTerms() throws IOException {
    List<String> found = new ArrayList<>();
    int files = 0;
    for (Path file : files()) {
      files++;
      found.addAll(errors(file.toString(), Files.readString(file)));
    }
    assertTrue(files > 1_000, "files read: " + files);
    assertEquals("", String.join("\n", found), "use the suggested words, see CONTRIBUTING.md");
  }

  @Test
  void ruledOutWordIsFoundWithItsLineAndReplacement() {
    String code =
        """
        class A {
          String nobody = "a"; // every user
          /**
           * A caller is
           * told, see {@link Grantees#nobody}.
           */
          String b = "so that Nobody" + NOBODY;
        }
        """;
    assertEquals(
        List.of(
            "A.java:4: is told: write gets, receives, is notified",
            "A.java:7: Nobody: write no user, no caller"),
        errors("A.java", code));
    assertEquals(List.of("a.md:2: anew: write again"), errors("a.md", "# a\nread anew\n"));
    assertEquals(List.of(), errors("a.md", "Grantees.NOBODY, wantsMore, `somebodyElse`"));
  }

  /** Returns all files with texts, except build results and migrations, which never change. */
  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    add(files, Path.of("."), 1, name -> name.endsWith(".md"));
    List<Path> folders = new ArrayList<>();
    for (String folder : List.of("config", "webapp", "src/docs", "src/bench")) {
      folders.add(Path.of(folder));
    }
    List<Path> projects = new ArrayList<>(SourceTree.modules());
    try (Stream<Path> examples = Files.list(Path.of("src/examples"))) {
      examples.filter(Files::isDirectory).forEach(projects::add);
    }
    projects.forEach(project -> folders.add(project.resolve("src")));
    for (Path folder : folders) {
      add(files, folder, 99, name -> name.endsWith(".java") || isDocument(name));
    }
    return files;
  }

  private static boolean isDocument(String name) {
    return DOCUMENTS.stream().anyMatch(name::endsWith);
  }

  private static void add(List<Path> files, Path below, int depth, Predicate<String> included)
      throws IOException {
    if (Files.notExists(below)) {
      return;
    }
    try (Stream<Path> found = Files.walk(below, depth)) {
      found
          .filter(Files::isRegularFile)
          .filter(file -> included.test(file.getFileName().toString()))
          .sorted()
          .forEach(files::add);
    }
  }

  private static List<String> errors(String name, String text) {
    String shown = name.endsWith(".java") ? textsOfJava(text) : text;
    String joined = LINE_START.matcher(shown).replaceAll(match -> blank(match.group()));
    List<String> errors = new ArrayList<>();
    Matcher word = RULED_OUT.matcher(joined);
    while (word.find()) {
      String found = SPACES.matcher(word.group()).replaceAll(" ");
      if (!found.equals(found.toUpperCase(Locale.ROOT)) && !isAllowed(name, found)) {
        long line = 1 + joined.substring(0, word.start()).chars().filter(c -> c == '\n').count();
        errors.add(name + ":" + line + ": " + found + ": write " + replacement(found));
      }
    }
    return errors;
  }

  private static boolean isAllowed(String name, String word) {
    return ALLOWED.entrySet().stream()
        .filter(entry -> name.replace('\\', '/').endsWith(entry.getKey()))
        .anyMatch(
            entry ->
                entry.getValue().contains("*")
                    || entry.getValue().contains(word.toLowerCase(Locale.ROOT)));
  }

  private static String replacement(String word) {
    return WORDS.entrySet().stream()
        .filter(
            entry ->
                Pattern.compile(entry.getKey(), Pattern.CASE_INSENSITIVE).matcher(word).matches())
        .map(Map.Entry::getValue)
        .collect(Collectors.joining());
  }

  /** Replaces everything but comments and literals by spaces, and keeps the lines. */
  private static String textsOfJava(String code) {
    StringBuilder texts = new StringBuilder();
    Matcher text = JAVA_TEXT.matcher(code);
    int end = 0;
    while (text.find()) {
      texts.append(blank(code.substring(end, text.start())));
      texts.append(
          REFERENCE
              .matcher(text.group())
              .replaceAll(match -> blank(match.group()))
              .replace('"', ' '));
      end = text.end();
    }
    return texts.append(blank(code.substring(end))).toString();
  }

  private static String blank(String code) {
    return code.chars().mapToObj(c -> c == '\n' ? "\n" : " ").collect(Collectors.joining());
  }
}
