package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/**
 * Tests the content of the WAR for Payara. This WAR has the libraries of the other WAR, except the
 * libraries of the server and the libraries for {@code java -jar}. A new, removed or renamed
 * library fails the test until it is clear which side provides it.
 */
class PayaraWarIT {

  private static final String LIB = "WEB-INF/lib/";
  private static final String CLASSES = "WEB-INF/classes/";

  /** Omitted libraries that the server provides completely. */
  private static final Set<String> OF_THE_SERVER =
      Set.of(
          "angus-mail",
          "aopalliance-repackaged",
          "asm",
          "hk2-api",
          "hk2-locator",
          "hk2-utils",
          "jakarta.activation-api",
          "jakarta.annotation-api",
          "jakarta.authorization-api",
          "jakarta.el-api",
          "jakarta.enterprise.cdi-api",
          "jakarta.enterprise.lang-model",
          "jakarta.inject-api",
          "jakarta.interceptor-api",
          "jakarta.json-api",
          "jakarta.json.bind-api",
          "jakarta.mail-api",
          "jakarta.persistence-api",
          "jakarta.security.enterprise",
          "jakarta.security.enterprise-api",
          "jakarta.transaction-api",
          "jakarta.validation-api",
          "jakarta.ws.rs-api",
          "jakarta.xml.bind-api",
          "javassist",
          "jboss-classfilewriter",
          "jersey-cdi1x",
          "jersey-client",
          "jersey-common",
          "jersey-container-servlet",
          "jersey-container-servlet-core",
          "jersey-hk2",
          "jersey-media-json-binding",
          "jersey-server",
          "osgi-resource-locator",
          "parsson",
          "weld-api",
          "weld-core-impl",
          "weld-lite-extension-translator",
          "weld-spi",
          "weld-web",
          "yasson");

  /**
   * Omitted libraries that run Weld without CDI or are for {@code java -jar}, and {@code
   * angus-activation}, which the server has in another version with other packages.
   */
  private static final Set<String> NOT_NEEDED =
      Set.of(
          "access-tokens-backstage",
          "access-tokens-launcher",
          "angus-activation",
          "weld-environment-common",
          "weld-servlet-core");

  @Test
  void everyLibraryIsPackedOrListedAsProvided() throws IOException {
    Set<String> all = libraries("accesstokens.war");
    Set<String> packed = libraries("accesstokens.payara.war");
    Set<String> expected = new TreeSet<>(all);
    expected.removeAll(OF_THE_SERVER);
    expected.removeAll(NOT_NEEDED);
    assertEquals(expected, packed);
    Set<String> listed = new TreeSet<>(OF_THE_SERVER);
    listed.addAll(NOT_NEEDED);
    listed.removeAll(all);
    assertEquals(Set.of(), listed, "on a list, but in neither archive");
  }

  @Test
  void serverHasThePackagesOfProvidedLibraries() throws IOException {
    Set<String> server = packagesOfTheServer();
    assertTrue(server.contains("org/glassfish/jersey/server"), "the server's packages are found");
    Map<String, Set<String>> missing = new TreeMap<>();
    try (ZipFile war = new ZipFile(file("accesstokens.war"))) {
      for (ZipEntry jar : war.stream().filter(PayaraWarIT::isLibrary).toList()) {
        if (OF_THE_SERVER.contains(name(jar))) {
          Set<String> packages = packages(war.getInputStream(jar));
          packages.removeAll(server);
          if (!packages.isEmpty()) {
            missing.put(name(jar), packages);
          }
        }
      }
    }
    assertEquals(Map.of(), missing);
  }

  @Test
  void bothArchivesHaveTheSameModules() throws IOException {
    Map<String, Long> expected = modules("accesstokens.war");
    expected.keySet().removeAll(NOT_NEEDED);
    assertTrue(expected.containsKey("access-tokens-server"), expected::toString);
    assertEquals(expected, modules("accesstokens.payara.war"));
    Set<String> packed = entries("accesstokens.payara.war");
    assertEquals(
        List.of(),
        packed.stream()
            .filter(
                entry ->
                    (entry.startsWith(CLASSES) && entry.endsWith(".class"))
                        || entry.startsWith("io/")
                        || entry.startsWith("WEB-INF/launcher"))
            .toList(),
        "what only java -jar needs");
    assertTrue(packed.contains("WEB-INF/payara-web.xml"), "no payara-web.xml");
  }

  /** Returns the checksums of the project's own libraries. */
  private static Map<String, Long> modules(String war) throws IOException {
    try (ZipFile zip = new ZipFile(file(war))) {
      return zip.stream()
          .filter(PayaraWarIT::isLibrary)
          .filter(entry -> name(entry).startsWith("access-tokens-"))
          .collect(Collectors.toMap(PayaraWarIT::name, ZipEntry::getCrc, Long::max, TreeMap::new));
    }
  }

  private static Set<String> packagesOfTheServer() throws IOException {
    Set<String> all = new TreeSet<>();
    try (ZipFile server = new ZipFile(file("payara-micro.jar"))) {
      for (ZipEntry jar :
          server.stream().filter(entry -> entry.getName().endsWith(".jar")).toList()) {
        all.addAll(packages(server.getInputStream(jar)));
      }
    }
    return all;
  }

  /** Returns the packages of a JAR and of its nested JARs, as paths. */
  private static Set<String> packages(InputStream jar) throws IOException {
    Set<String> all = new TreeSet<>();
    try (ZipInputStream zip = new ZipInputStream(jar)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName();
        if (name.endsWith(".jar")) {
          all.addAll(packages(new ByteArrayInputStream(zip.readAllBytes())));
        } else if (name.endsWith(".class") && name.contains("/") && !name.startsWith("META-INF")) {
          all.add(name.substring(0, name.lastIndexOf('/')));
        }
      }
    }
    return all;
  }

  private static Set<String> libraries(String war) throws IOException {
    try (ZipFile zip = new ZipFile(file(war))) {
      return zip.stream()
          .filter(PayaraWarIT::isLibrary)
          .map(PayaraWarIT::name)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<String> entries(String war) throws IOException {
    try (ZipFile zip = new ZipFile(file(war))) {
      return zip.stream()
          .map(ZipEntry::getName)
          .filter(name -> !name.endsWith("/"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static boolean isLibrary(ZipEntry entry) {
    return entry.getName().startsWith(LIB) && entry.getName().endsWith(".jar");
  }

  /** Returns the name of a library without folder and version. */
  private static String name(ZipEntry library) {
    return library.getName().substring(LIB.length()).replaceFirst("-\\d.*", "");
  }

  private static File file(String property) {
    return Path.of(Objects.requireNonNull(System.getProperty(property), property)).toFile();
  }
}
