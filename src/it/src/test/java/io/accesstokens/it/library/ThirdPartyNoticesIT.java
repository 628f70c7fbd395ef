package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that each artifact names the libraries that it contains or needs, with their licenses, and
 * where their source code is.
 */
class ThirdPartyNoticesIT {

  private static final String NOTICES = "META-INF/THIRD-PARTY-NOTICES";

  private static final Pattern LINE =
      Pattern.compile("(?m)^([\\w.-]+):([\\w.-]+):([\\w.-]+): (\\S.*)$");

  private static final Pattern TEXT = Pattern.compile("META-INF/licenses/(.+)\\.txt");

  private static final Pattern SEPARATOR = Pattern.compile(", ");

  private static final String OWN_JARS = "access-tokens-";

  /** A line of the notices. */
  private record Library(String group, String artifact, String version, Set<String> licenses) {

    String coordinates() {
      return group + ":" + artifact + ":" + version;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"accesstokens.war", "accesstokens.payara.war"})
  void noticesOfAWarListExactlyItsJars(String war) throws IOException {
    try (ZipFile file = war(war)) {
      Set<String> packed =
          file.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.endsWith(".jar"))
              .filter(name -> !name.substring(name.lastIndexOf('/') + 1).startsWith(OWN_JARS))
              .collect(Collectors.toCollection(TreeSet::new));
      assertTrue(packed.size() > 20, packed::toString);
      // The libraries of WEB-INF/lib have their versions in the file names, the others have not.
      Set<String> named = new TreeSet<>();
      for (Library library : notices(file)) {
        String packedAs =
            List.of(
                    "WEB-INF/lib/" + library.artifact() + "-" + library.version() + ".jar",
                    "WEB-INF/launcher/" + library.artifact() + ".jar")
                .stream()
                .filter(packed::contains)
                .findFirst()
                .orElse("not packed: " + library);
        assertTrue(named.add(packedAs), () -> packedAs + " is named twice");
      }
      assertEquals(packed, named);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"accesstokens.war", "accesstokens.payara.war"})
  void warHasALicenseTextForEachLibrary(String war) throws IOException {
    try (ZipFile file = war(war)) {
      TreeMap<String, String> texts = new TreeMap<>();
      for (ZipEntry entry : file.stream().toList()) {
        Matcher name = TEXT.matcher(entry.getName());
        if (name.matches()) {
          texts.put(name.group(1), text(file, entry));
        }
      }
      for (Library library : notices(file)) {
        assertTrue(
            library.licenses().stream().anyMatch(texts::containsKey),
            () -> library + " has no license of " + texts.keySet());
      }
      texts.forEach((name, text) -> assertTrue(text.length() > 1000, name));
      assertNotNull(file.getEntry("META-INF/LICENSE"));
      assertNotNull(file.getEntry("META-INF/NOTICE"));
    }
  }

  /** Asserts that the build allows exactly the licenses whose texts are there. */
  @Test
  void buildAllowsExactlyTheLicensesWithPackedTexts() throws Exception {
    Pattern allowed = Pattern.compile("<includedLicense>([^<]+)</includedLicense>");
    Set<String> inPom =
        allowed
            .matcher(Files.readString(Path.of("pom.xml")))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    try (ZipFile file = war("accesstokens.war")) {
      assertEquals(
          inPom,
          file.stream()
              .map(entry -> TEXT.matcher(entry.getName()))
              .filter(Matcher::matches)
              .map(match -> match.group(1))
              .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  static List<String> modules() {
    return LibraryJars.MODULES;
  }

  @ParameterizedTest
  @MethodSource("modules")
  void noticesOfALibraryListItsDependencies(String module) throws IOException {
    Set<String> needed =
        LibraryJars.sbom(module).getJsonArray("components").getValuesAs(JsonObject.class).stream()
            .filter(component -> !component.getString("group").equals("io.accesstokens"))
            .map(
                component ->
                    component.getString("group")
                        + ":"
                        + component.getString("name")
                        + ":"
                        + component.getString("version"))
            .collect(Collectors.toCollection(TreeSet::new));
    try (ZipFile file = new ZipFile(LibraryJars.jar(module).toFile())) {
      assertEquals(
          needed,
          notices(file).stream()
              .map(Library::coordinates)
              .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  private static ZipFile war(String property) throws IOException {
    return new ZipFile(Objects.requireNonNull(System.getProperty(property), property));
  }

  private static Collection<Library> notices(ZipFile file) throws IOException {
    ZipEntry entry = file.getEntry(NOTICES);
    assertNotNull(entry, () -> file.getName() + " has no notices");
    String notices = text(file, entry);
    assertTrue(notices.contains("-sources.jar"), "the notices say where the source code is");
    List<Library> libraries =
        LINE.matcher(notices)
            .results()
            .map(
                line ->
                    new Library(
                        line.group(1),
                        line.group(2),
                        line.group(3),
                        Set.of(SEPARATOR.split(line.group(4)))))
            .toList();
    assertFalse(libraries.isEmpty(), () -> file.getName() + " names no library");
    return libraries;
  }

  private static String text(ZipFile file, ZipEntry entry) throws IOException {
    return new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
  }
}
