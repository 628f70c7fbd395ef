package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Tests the libraries, their accompanying files and their dependencies. */
class LibraryJarsIT {

  /** Annotations that only the generation of the OpenAPI document reads. */
  private static final String BUILD_TIME = "io.swagger.v3.oas.annotations";

  private static final String SERVLETS = "jakarta.servlet";

  /** The libraries that an application on Spring Boot provides. */
  private static final Pattern PROVIDED =
      Pattern.compile("org\\.springframework\\.|io\\.micrometer\\.core\\.");

  /** The only package whose classes use an optional library, with that library's package. */
  private static final Pattern OPTIONAL =
      Pattern.compile(
          "\\s*io\\.accesstokens\\.auth\\.metrics\\.\\S+\\s*-> io\\.micrometer\\.core\\..*");

  @Test
  void librariesShareNoPackageAndFormAModulePath() throws IOException {
    Path[] jars = LibraryJars.MODULES.stream().map(LibraryJars::jar).toArray(Path[]::new);
    ModuleFinder modules = ModuleFinder.of(jars);
    Set<String> seen = new HashSet<>();
    for (String module : LibraryJars.MODULES) {
      Set<String> packages = packages(module);
      assertFalse(packages.isEmpty(), module);
      for (String name : packages) {
        assertTrue(seen.add(name), () -> name + " is in two jars");
      }
      assertEquals(
          packages,
          new TreeSet<>(
              modules.find("io.accesstokens." + module).orElseThrow().descriptor().packages()));
    }
  }

  /** An import takes all managed versions, including those of a parent. */
  @Test
  void bomManagesOnlyTheLibraries() throws Exception {
    Element bom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("src/bom/target/bom.xml").toFile())
            .getDocumentElement();
    assertEquals(List.of(), texts(bom, "parent"));
    List<String> artifacts = new ArrayList<>();
    artifacts.add("access-tokens-bom");
    LibraryJars.MODULES.forEach(module -> artifacts.add(LibraryJars.artifact(module)));
    assertEquals(artifacts, texts(bom, "artifactId"));
    assertEquals(Set.of("io.accesstokens"), Set.copyOf(texts(bom, "groupId")));
    assertEquals(
        Set.of(System.getProperty("accesstokens.version"), "${project.version}"),
        Set.copyOf(texts(bom, "version")));
  }

  private static List<String> texts(Element element, String name) {
    NodeList found = element.getElementsByTagName(name);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> found.item(i).getTextContent())
        .toList();
  }

  private static Set<String> packages(String module) throws IOException {
    try (JarFile file = new JarFile(LibraryJars.jar(module).toFile())) {
      return file.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.endsWith(".class"))
          .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  static List<String> modules() {
    return LibraryJars.MODULES;
  }

  @ParameterizedTest
  @MethodSource("modules")
  void jarsHaveTheirLicenseAndVersion(String module) throws IOException {
    for (String suffix : List.of("", "-sources")) {
      try (JarFile file = new JarFile(LibraryJars.jar(module, suffix).toFile())) {
        assertNotNull(file.getEntry("META-INF/LICENSE"), suffix);
        assertNotNull(file.getEntry("META-INF/NOTICE"), suffix);
      }
    }
    try (JarFile file = new JarFile(LibraryJars.jar(module).toFile())) {
      assertNotNull(file.getManifest().getMainAttributes().getValue("Implementation-Version"));
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void sourcesAndDocumentationCoverTheSameTypes(String module) throws IOException {
    Set<String> types;
    try (JarFile file = new JarFile(LibraryJars.jar(module).toFile())) {
      types =
          file.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.endsWith(".class") && !name.contains("$"))
              .map(name -> name.substring(0, name.length() - ".class".length()))
              .collect(Collectors.toSet());
    }
    try (JarFile sources = new JarFile(LibraryJars.jar(module, "-sources").toFile());
        JarFile javadoc = new JarFile(LibraryJars.jar(module, "-javadoc").toFile())) {
      assertEquals(
          types,
          sources.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.endsWith(".java"))
              .map(name -> name.substring(0, name.length() - ".java".length()))
              .collect(Collectors.toSet()));
      Set<String> documented =
          javadoc.stream()
              .map(ZipEntry::getName)
              .map(name -> name.replaceFirst("^io\\.accesstokens\\.\\w+/", ""))
              .filter(name -> name.matches("io/accesstokens/.*/[A-Z]\\w*\\.html"))
              .map(name -> name.substring(0, name.length() - ".html".length()))
              .collect(Collectors.toSet());
      assertFalse(documented.isEmpty(), "no type is documented");
      assertTrue(types.containsAll(documented), documented::toString);
    }
  }

  /** Asserts that the dependencies of each library contain all classes that it must have. */
  @ParameterizedTest
  @MethodSource("modules")
  void dependenciesAreComplete(String module) {
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
                LibraryJars.withDependencies(module).stream()
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator)),
                LibraryJars.jar(module).toString());
    assertEquals(0, exitCode, out::toString);
    assertEquals(
        Set.of(),
        out.toString()
            .lines()
            .filter(line -> line.startsWith("   ") && line.contains("->"))
            .filter(line -> !OPTIONAL.matcher(line).matches())
            .map(line -> line.substring(line.indexOf("->") + 2).strip().split("\\s+", 2)[0])
            .filter(name -> !name.startsWith(BUILD_TIME) && !name.startsWith(SERVLETS))
            .filter(name -> !(module.equals("spring") && PROVIDED.matcher(name).lookingAt()))
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void authNeedsNoPersistenceServerOrContainer() {
    for (Path jar : LibraryJars.withDependencies("auth")) {
      String name = jar.getFileName().toString();
      assertFalse(
          name.matches("(?:hibernate|tomcat|weld|jersey|flyway|HikariCP).*"),
          () -> "needs " + name);
    }
  }

  @ParameterizedTest
  @CsvSource({"war,access-tokens.war", "war-payara,access-tokens-payara.war"})
  void sbomOfTheWarListsExactlyItsLibraries(String module, String war) throws Exception {
    Set<String> packed = new TreeSet<>();
    try (ZipFile file = new ZipFile(Path.of("target", war).toFile())) {
      for (ZipEntry entry : file.stream().filter(jar -> jar.getName().endsWith(".jar")).toList()) {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        if (name.startsWith("access-tokens-")) {
          packed.add(
              name.substring(0, name.indexOf("-" + System.getProperty("accesstokens.version"))));
          continue;
        }
        try (InputStream bytes = file.getInputStream(entry)) {
          packed.add(
              HexFormat.of()
                  .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.readAllBytes())));
        }
      }
    }
    Set<String> named = new TreeSet<>();
    for (JsonObject component :
        LibraryJars.sbom(module).getJsonArray("components").getValuesAs(JsonObject.class)) {
      String name = component.getString("name");
      if (component.getString("group").equals("io.accesstokens")) {
        named.add(name);
        continue;
      }
      for (JsonObject hash : component.getJsonArray("hashes").getValuesAs(JsonObject.class)) {
        if (hash.getString("alg").equals("SHA-256")) {
          named.add(hash.getString("content"));
        }
      }
    }
    assertEquals(packed, named);
  }

  /** An artifact with {@code maven.deploy.skip} is not published. */
  @Test
  void eachPublishedArtifactHasItsAccompanyingFiles() throws IOException {
    Set<String> expected = new TreeSet<>();
    Set<String> missing = new TreeSet<>();
    try (Stream<Path> modules = Files.list(Path.of("src"))) {
      for (Path module : (Iterable<Path>) modules::iterator) {
        Path pom = module.resolve("pom.xml");
        if (!Files.exists(pom)) {
          continue;
        }
        String text = Files.readString(pom);
        if (text.contains("<maven.deploy.skip>true<") || text.contains("<packaging>pom<")) {
          continue;
        }
        Path folder = module.resolve("target");
        String artifact = LibraryJars.artifact(module.getFileName().toString());
        expected.add(artifact);
        List<Path> files = new ArrayList<>(List.of(folder.resolve(artifact + ".cdx.json")));
        if (!text.contains("<packaging>war<")) {
          for (String kind : List.of("sources", "javadoc")) {
            String version = System.getProperty("accesstokens.version");
            files.add(folder.resolve(artifact + "-" + version + "-" + kind + ".jar"));
          }
        }
        files.stream().filter(Files::notExists).map(Path::toString).forEach(missing::add);
      }
    }
    assertTrue(expected.contains("access-tokens-war-payara"), expected::toString);
    assertEquals(Set.of(), missing);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify",
        "log",
        "auth",
        "spring",
        "core",
        "store",
        "rest",
        "login",
        "backstage",
        "war",
        "war-payara"
      })
  void eachSbomIsClosed(String module) {
    JsonObject sbom = LibraryJars.sbom(module);
    Set<String> refs = new HashSet<>();
    refs.add(sbom.getJsonObject("metadata").getJsonObject("component").getString("bom-ref"));
    for (JsonObject component : sbom.getJsonArray("components").getValuesAs(JsonObject.class)) {
      assertTrue(refs.add(component.getString("bom-ref")), "twice: " + component);
      assertTrue(component.containsKey("licenses"), "no license: " + component);
    }
    for (JsonObject edge : sbom.getJsonArray("dependencies").getValuesAs(JsonObject.class)) {
      assertTrue(refs.contains(edge.getString("ref")), edge::toString);
      edge.getJsonArray("dependsOn")
          .forEach(
              target ->
                  assertTrue(refs.contains(target.toString().replace("\"", "")), edge::toString));
    }
  }
}
