package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.LibraryJars;
import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two jars, what goes with them, and what they need. */
class LibraryJarsIT {

  /** Only for ConnectionPool, as the documentation says. */
  private static final Set<String> ONLY_FOR_THE_POOL =
      Set.of("com.zaxxer.hikari", "org.mariadb.jdbc", "org.h2");

  /** Annotations that are read when the OpenAPI document is made, and by nobody after that. */
  private static final String BUILD_TIME = "io.swagger.v3.oas.annotations";

  @Test
  void theyHaveNoPackageInCommonAndGoTogetherOnAModulePath() throws IOException {
    Set<String> auth = packages("auth");
    Set<String> classes = packages("classes");
    assertEquals(Set.of("io.accesstokens.auth", "io.accesstokens.verify"), auth);
    assertTrue(classes.contains("io.accesstokens.http"), classes::toString);
    Set<String> common = new HashSet<>(auth);
    common.retainAll(classes);
    assertEquals(Set.of(), common);
    ModuleFinder modules = ModuleFinder.of(LibraryJars.jar("auth"), LibraryJars.jar("classes"));
    assertEquals(auth, modules.find("io.accesstokens.auth").orElseThrow().descriptor().packages());
    assertEquals(
        classes,
        modules.find("io.accesstokens").orElseThrow().descriptor().packages().stream()
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static Set<String> packages(String jar) throws IOException {
    try (JarFile file = new JarFile(LibraryJars.jar(jar).toFile())) {
      return file.stream()
          .map(ZipEntry::getName)
          .filter(it -> it.endsWith(".class"))
          .map(it -> it.substring(0, it.lastIndexOf('/')).replace('/', '.'))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auth", "classes"})
  void theyCarryTheirLicenceAndTheirVersion(String jar) throws IOException {
    for (String kind : List.of(jar, jar + "-sources")) {
      try (JarFile file = new JarFile(LibraryJars.jar(kind).toFile())) {
        assertNotNull(file.getEntry("META-INF/LICENSE"), kind);
        assertNotNull(file.getEntry("META-INF/NOTICE"), kind);
      }
    }
    try (JarFile file = new JarFile(LibraryJars.jar(jar).toFile())) {
      assertNotNull(file.getManifest().getMainAttributes().getValue("Implementation-Version"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auth", "classes"})
  void sourcesAndDocumentationAreOfTheSameTypes(String jar) throws IOException {
    Set<String> types;
    try (JarFile file = new JarFile(LibraryJars.jar(jar).toFile())) {
      types =
          file.stream()
              .map(ZipEntry::getName)
              .filter(it -> it.endsWith(".class") && !it.contains("$"))
              .map(it -> it.substring(0, it.length() - ".class".length()))
              .collect(Collectors.toSet());
    }
    try (JarFile sources = new JarFile(LibraryJars.jar(jar + "-sources").toFile());
        JarFile javadoc = new JarFile(LibraryJars.jar(jar + "-javadoc").toFile())) {
      assertEquals(
          types,
          sources.stream()
              .map(ZipEntry::getName)
              .filter(it -> it.endsWith(".java"))
              .map(it -> it.substring(0, it.length() - ".java".length()))
              .collect(Collectors.toSet()));
      Set<String> documented =
          javadoc.stream()
              .map(ZipEntry::getName)
              .filter(it -> it.matches("io/accesstokens/.*/[A-Z]\\w*\\.html"))
              .map(it -> it.substring(0, it.length() - ".html".length()))
              .collect(Collectors.toSet());
      assertFalse(documented.isEmpty());
      assertTrue(types.containsAll(documented), documented::toString);
    }
  }

  @Test
  void nothingThatTheAuthJarUsesIsMissing() {
    assertEquals(Set.of(), missing("auth", List.of()));
  }

  @Test
  void nothingThatTheClassesJarUsesIsMissing() {
    Set<String> missing = missing("classes", List.of(LibraryJars.jar("auth")));
    missing.removeIf(it -> ONLY_FOR_THE_POOL.stream().anyMatch(it::startsWith));
    assertEquals(Set.of(), missing);
  }

  /** The packages of classes that are used, and neither in the JDK nor in what the SBOM names. */
  private static Set<String> missing(String jar, List<Path> own) {
    List<Path> path = new ArrayList<>(own);
    path.addAll(LibraryJars.neededBy(jar));
    StringWriter out = new StringWriter();
    int exitCode =
        ToolProvider.findFirst("jdeps")
            .orElseThrow()
            .run(
                new PrintWriter(out),
                new PrintWriter(out),
                "--missing-deps",
                "--multi-release",
                "17",
                "--class-path",
                path.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                LibraryJars.jar(jar).toString());
    assertEquals(0, exitCode, out::toString);
    return out.toString()
        .lines()
        .filter(it -> it.startsWith("   ") && it.contains("->"))
        .map(it -> it.substring(it.indexOf("->") + 2).strip().split("\\s+", 2)[0])
        .filter(it -> !it.startsWith(BUILD_TIME))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A driver of import-backstage is packed without its libraries for rare systems: as a folder. */
  @Test
  void theSbomOfTheWarNamesExactlyWhatIsWithin() throws Exception {
    Set<String> packed = new TreeSet<>();
    try (ZipFile war = new ZipFile(LibraryJars.folder().resolve("access-tokens.war").toFile())) {
      assertNotNull(war.getEntry("WEB-INF/import/sqlite-jdbc/org/sqlite/JDBC.class"));
      packed.add("sqlite-jdbc");
      for (ZipEntry entry : war.stream().filter(it -> it.getName().endsWith(".jar")).toList()) {
        try (InputStream bytes = war.getInputStream(entry)) {
          packed.add(
              HexFormat.of()
                  .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.readAllBytes())));
        }
      }
    }
    Set<String> named = new TreeSet<>();
    for (JsonObject component :
        LibraryJars.sbom("").getJsonArray("components").getValuesAs(JsonObject.class)) {
      for (JsonObject hash : component.getJsonArray("hashes").getValuesAs(JsonObject.class)) {
        if (hash.getString("alg").equals("SHA-256")) {
          String name = component.getString("name");
          named.add(name.equals("sqlite-jdbc") ? name : hash.getString("content"));
        }
      }
    }
    assertEquals(packed, named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-auth", "-classes"})
  void eachSbomIsClosed(String suffix) {
    JsonObject sbom = LibraryJars.sbom(suffix);
    Set<String> refs = new HashSet<>();
    refs.add(sbom.getJsonObject("metadata").getJsonObject("component").getString("bom-ref"));
    for (JsonObject component : sbom.getJsonArray("components").getValuesAs(JsonObject.class)) {
      assertTrue(refs.add(component.getString("bom-ref")), "twice: " + component);
      assertTrue(component.containsKey("licenses"), "no licence: " + component);
    }
    for (JsonObject edge : sbom.getJsonArray("dependencies").getValuesAs(JsonObject.class)) {
      assertTrue(refs.contains(edge.getString("ref")), edge::toString);
      edge.getJsonArray("dependsOn")
          .forEach(
              it -> assertTrue(refs.contains(it.toString().replace("\"", "")), edge::toString));
    }
  }
}
