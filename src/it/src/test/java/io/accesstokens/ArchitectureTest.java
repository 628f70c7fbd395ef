package io.accesstokens;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks the dependencies between packages. Each package is named by its path below the root
 * package.
 */
class ArchitectureTest {

  private static final String ROOT = "io.accesstokens.";

  /** Matches a name in the tables of a document. */
  private static final Pattern QUOTED = Pattern.compile("`([a-z.]+)`");

  /**
   * Maps each package to the packages and libraries that it may use. All may use the JDK and
   * JSpecify.
   */
  private static final Map<String, List<String>> PACKAGES =
      Map.ofEntries(
          Map.entry("verify", List.of("com.github.benmanes.caffeine..")),
          Map.entry(
              "auth",
              List.of(
                  "@verify",
                  "jakarta.ws.rs..",
                  "jakarta.annotation..",
                  "jakarta.json..", // bodies of 403, responses of whoami
                  "io.micrometer.core..")), // only in auth.metrics
          Map.entry(
              "log",
              List.of(
                  "jakarta.json..", // entries
                  "org.erdtman.jcs..")), // canonical JSON
          Map.entry("token", List.of("@verify")),
          Map.entry(
              "transparency",
              List.of(
                  "@log",
                  "@signing",
                  "@token",
                  "@verify",
                  "jakarta.json..")), // events in the format of OCSF
          Map.entry("session", List.of("@token", "@verify")),
          Map.entry("mint", List.of("@token", "@session", "@verify")),
          Map.entry("signing", List.of("@token")),
          Map.entry("notice", List.of("@token", "@verify")),
          Map.entry(
              "store",
              List.of(
                  "@token",
                  "@session",
                  "@mint",
                  "@signing",
                  "@notice",
                  "@transparency",
                  "@log",
                  "@verify",
                  "jakarta.persistence..",
                  "jakarta.json..", // scopes and metadata are JSON columns
                  "org.hibernate..",
                  "org.flywaydb..",
                  "com.zaxxer.hikari..",
                  "org.mariadb.jdbc..",
                  "org.h2..")),
          Map.entry(
              "backstage",
              List.of(
                  "@token",
                  "@verify",
                  "@store",
                  "jakarta.json..")), // scopes and metadata are JSON columns
          Map.entry("file", List.of("org.yaml.snakeyaml..")),
          Map.entry(
              "directory",
              List.of(
                  "@auth", // the HTTP client
                  "@token",
                  "@verify",
                  "@file",
                  "jakarta.json..", // responses of a catalog
                  "com.github.benmanes.caffeine..")),
          Map.entry(
              "http",
              List.of(
                  "@token",
                  "@verify",
                  "@auth",
                  "@oauth",
                  "@mint", // mint facts appear in its errors
                  "@session", // origins of web pages
                  "@transparency", // events in the format of OCSF
                  "jakarta.ws.rs..",
                  "jakarta.annotation..",
                  "jakarta.json..",
                  "io.swagger.v3.oas.annotations..")),
          Map.entry(
              "oauth",
              List.of(
                  "@token",
                  "@verify",
                  "@auth",
                  "jakarta.ws.rs..",
                  "jakarta.annotation..",
                  "jakarta.json..",
                  "io.swagger.v3.oas.annotations..")),
          Map.entry(
              "jwt",
              List.of(
                  "@login",
                  "@exchange", // the parser of JWTs
                  "@auth",
                  "@token",
                  "@verify",
                  "jakarta.ws.rs..",
                  "jakarta.annotation..",
                  "com.nimbusds..")),
          Map.entry(
              "consent",
              List.of(
                  "@mint",
                  "@session",
                  "@token",
                  "@verify",
                  "@oauth", // the token issuer and the token endpoint
                  "@login", // the session key in the request
                  "@http", // resources, with the common responses
                  "io.swagger.v3.oas.annotations..",
                  "jakarta.annotation..",
                  "jakarta.json..",
                  "jakarta.servlet..",
                  "jakarta.ws.rs..",
                  "com.nimbusds..")),
          Map.entry(
              "exchange",
              List.of(
                  "@http", // resources, with the common responses
                  "@oauth",
                  "@auth",
                  "@signing",
                  "@token",
                  "@verify",
                  "jakarta.ws.rs..",
                  "jakarta.annotation..",
                  "io.swagger.v3.oas.annotations..",
                  "com.github.benmanes.caffeine..",
                  "com.nimbusds..",
                  "net.minidev.json..")), // Nimbus serializes documents with it
          Map.entry(
              "ldap",
              List.of(
                  "@login",
                  "@file", // trusted certificates
                  "@token",
                  "@verify",
                  "jakarta.security.enterprise..",
                  "com.github.benmanes.caffeine..",
                  "javax.net..",
                  "com.unboundid..")),
          Map.entry(
              "login",
              List.of(
                  "@auth", // the HTTP client
                  "@token",
                  "@verify",
                  "@file",
                  "@session",
                  "@http", // resources, with the common responses
                  "io.swagger.v3.oas.annotations..",
                  "jakarta..",
                  "com.nimbusds..", // OpenID Connect
                  "com.github.benmanes.caffeine..",
                  "io.github.bucket4j.."))); // limits of password guesses

  private static final List<String> JDK =
      List.of(
          "java..", "javax.crypto..", "javax.net.ssl..", "javax.security.auth..", "javax.sql..");

  /** The maximum number of top-level classes of a package, in all modules together. */
  private static final int MAX_CLASSES = 25;

  private static final Set<String> LOOK_UPS =
      Set.of("getByName", "getAllByName", "getLocalHost", "getHostName", "getCanonicalHostName");

  private static final JavaClasses CLASSES = SourceTree.classes();

  @Test
  void noPackageIsEmpty() {
    List<String> names = new ArrayList<>(PACKAGES.keySet());
    names.addAll(List.of("app", "app.boot"));
    for (String name : names) {
      assertFalse(
          CLASSES.that(resideInAPackage(ROOT + name + "..")).stream()
              .allMatch(type -> type.getSimpleName().equals("package-info")),
          name + " is empty");
    }
  }

  @Test
  void everyClassIsInAKnownPackage() {
    List<String> known = new ArrayList<>(List.of(ROOT + "app.."));
    PACKAGES.keySet().forEach(name -> known.add(ROOT + name + ".."));
    classes().should().resideInAnyPackage(known.toArray(String[]::new)).check(CLASSES);
  }

  @Test
  void packagesUseOnlyAllowedPackages() {
    assertAll(
        PACKAGES.entrySet().stream()
            .map(name -> () -> usesOnlyWhatItMay(name.getKey(), name.getValue())));
  }

  private static void usesOnlyWhatItMay(String name, List<String> allowed) {
    List<String> packages = new ArrayList<>(JDK);
    packages.add("org.jspecify.annotations..");
    packages.add(ROOT + name + "..");
    for (String one : allowed) {
      packages.add(one.startsWith("@") ? ROOT + one.substring(1) + ".." : one);
    }
    classes()
        .that()
        .resideInAPackage(ROOT + name + "..")
        .should()
        .onlyDependOnClassesThat(anyOf(packages))
        .because("of the table above")
        .check(CLASSES);
  }

  @Test
  void noPackageUsesTheApplication() {
    classes()
        .that()
        .resideInAPackage(ROOT + "app..")
        .should()
        .onlyHaveDependentClassesThat()
        .resideInAPackage(ROOT + "app..")
        .check(CLASSES);
  }

  /** An application without Micrometer on its class path can use all other classes. */
  @Test
  void onlyThePackagesOfMetricsUseMicrometer() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "app..", ROOT + "auth.metrics..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + "auth.metrics..").or(resideInAPackage("io.micrometer..")))
        .check(CLASSES);
  }

  @Test
  void bootstrapUsesJavaBaseOnly() {
    DescribedPredicate<JavaClass> javaBase =
        DescribedPredicate.describe(
            "of java.base",
            type ->
                ModuleLayer.boot()
                    .findModule("java.base")
                    .orElseThrow()
                    .getPackages()
                    .contains(type.getBaseComponentType().getPackageName()));
    classes()
        .that()
        .resideInAPackage(ROOT + "app.boot")
        .should()
        .onlyDependOnClassesThat(
            javaBase
                .or(resideInAPackage(ROOT + "app.boot"))
                .or(resideInAPackage("org.jspecify.annotations"))
                .or(DescribedPredicate.describe("primitive", JavaClass::isPrimitive)))
        .because("it runs before any library can be found")
        .check(CLASSES);
  }

  /** Other classes that connect to a configured host leave the name look-up to their client. */
  @Test
  void onlyTheListeningHostIsResolved() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + "app.ListeningHost")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "a name or address is looked up",
                call ->
                    call.getTargetOwner().isAssignableTo(InetAddress.class)
                        && LOOK_UPS.contains(call.getName())))
        .orShould()
        .callConstructor(InetSocketAddress.class, String.class, int.class)
        .because("a name of a request must not reach a name server")
        .check(CLASSES);
  }

  /** A comparison that ends at the first difference shows how much of a guess is right. */
  @Test
  void secretsAreComparedInConstantTime() {
    Map<String, String> comparisons =
        Map.of(
            "login.openid.OpenIdAttempt", "matchesState",
            "login.session.OwnCookie", "isProof",
            "login.password.PasswordHash", "matches");
    comparisons.forEach(
        (type, method) -> assertTrue(calls(type, method).contains("MessageDigest.isEqual"), type));
  }

  /** Callers without a valid credential must not use all connections of the database. */
  @Test
  void readsOfAnonymousCallersAreBounded() {
    Map<String, List<String>> reads =
        Map.of(
            "store.session.HibernateSessionStore", List.of("find", "findToEnd"),
            "store.session.HibernateMintFlowStore", List.of("find"));
    reads.forEach(
        (type, methods) -> {
          for (String method : methods) {
            Set<String> calls = calls(type, method);
            assertTrue(calls.contains("Database.readBounded"), type + '.' + method);
            assertFalse(calls.contains("Database.read"), type + '.' + method);
          }
        });
    Set<String> refresh = calls("store.hibernate.HibernateTokenStore", "refreshUntilFinal");
    assertTrue(refresh.contains("Database.confirmed"), refresh::toString);
    assertFalse(refresh.contains("Database.read"), refresh::toString);
    Set<String> confirmed = calls("store.jdbc.Database", "confirmed");
    assertTrue(confirmed.contains("BoundedReads.read"), confirmed::toString);
  }

  /** Without such a job, rows stay in the database, or a list shows old times. */
  @Test
  void backgroundJobsAreStarted() {
    Set<String> jobs =
        Set.of(
            "Sessions.flush",
            "Sessions.maintain",
            "MintFlows.maintain",
            "DeliveryStore.trim",
            "SigningKeys.maintain");
    Set<String> missing = new TreeSet<>(jobs);
    missing.removeAll(calls("app.wiring.BackgroundProducer", "background"));
    assertEquals(Set.of(), missing);
  }

  /**
   * Returns the methods that the methods of this name call or refer to, including their lambdas.
   * Each has the simple name of its class and its own name.
   */
  private static Set<String> calls(String type, String method) {
    return CLASSES.get(ROOT + type).getMethods().stream()
        .filter(each -> each.getName().equals(method))
        .flatMap(each -> each.getAccessesFromSelf().stream())
        .map(access -> access.getTargetOwner().getSimpleName() + '.' + access.getName())
        .collect(Collectors.toSet());
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(CLASSES);
  }

  /** Larger packages are split by topic. Nested classes and {@code package-info} do not count. */
  @Test
  void noPackageHasMoreClassesThanAllowed() throws IOException {
    Map<Path, Long> sizes = new TreeMap<>();
    for (Path sources : SourceTree.allMain()) {
      try (Stream<Path> files = Files.walk(sources)) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("package-info.java"))
            .forEach(file -> sizes.merge(sources.relativize(file.getParent()), 1L, Long::sum));
      }
    }
    sizes.values().removeIf(size -> size <= MAX_CLASSES);
    assertEquals(Map.of(), sizes, "packages with more than " + MAX_CLASSES + " classes");
  }

  /** Nested classes and {@code package-info} do not count. */
  @Test
  void noTwoClassesHaveTheSameSimpleName() throws IOException {
    Map<String, Set<Path>> files = new TreeMap<>();
    for (Path sources : SourceTree.allMain()) {
      try (Stream<Path> found = Files.walk(sources)) {
        found
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("package-info.java"))
            .forEach(
                file ->
                    files
                        .computeIfAbsent(file.getFileName().toString(), name -> new TreeSet<>())
                        .add(file));
      }
    }
    files.values().removeIf(same -> same.size() == 1);
    assertEquals(Map.of(), files, "classes with the same simple name");
  }

  @Test
  void architecturePageListsExactlyThePackages() throws IOException {
    Set<String> existing = new TreeSet<>();
    for (Path sources : SourceTree.main()) {
      try (Stream<Path> files = Files.walk(sources)) {
        files
            .filter(file -> file.endsWith("package-info.java"))
            .map(file -> sources.relativize(file.getParent()).toString())
            .map(folder -> folder.replace(File.separatorChar, '.').substring(ROOT.length()))
            .forEach(name -> existing.add(sources.getName(1) + ": " + name));
      }
    }
    String page = Files.readString(Path.of("ARCHITECTURE.md"));
    Set<String> listed = new TreeSet<>();
    String module = "";
    for (String line : page.substring(page.indexOf("## Packages")).lines().toList()) {
      if (!line.startsWith("| ")) {
        continue;
      }
      String[] cells = line.split("\\|", -1);
      Matcher modules = QUOTED.matcher(cells[1]);
      module = modules.find() ? modules.group(1) : module;
      Matcher names = QUOTED.matcher(cells[2]);
      while (names.find()) {
        listed.add(module + ": " + names.group(1));
      }
    }
    assertEquals(String.join("\n", existing), String.join("\n", listed));
  }

  private static DescribedPredicate<JavaClass> anyOf(List<String> packages) {
    DescribedPredicate<JavaClass> primitive =
        DescribedPredicate.describe("primitive", type -> type.getBaseComponentType().isPrimitive());
    return resideInAnyPackage(packages.toArray(String[]::new))
        .or(
            DescribedPredicate.describe(
                "array of those",
                type ->
                    type.isArray()
                        && resideInAnyPackage(packages.toArray(String[]::new))
                            .test(type.getBaseComponentType())))
        .or(primitive);
  }

  /** A unit test run ignores classes whose names end in {@code IT}. */
  @Test
  void modulesWithIntegrationTestsRunThem() throws IOException {
    List<Path> without = new ArrayList<>();
    for (Path module : SourceTree.modules()) {
      Path tests = module.resolve("src/test/java");
      if (!Files.isDirectory(tests)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(tests)) {
        Path pom = module.resolve("pom.xml");
        if (files.anyMatch(file -> file.toString().endsWith("IT.java"))
            && !Files.readString(pom).contains("<artifactId>maven-failsafe-plugin</artifactId>")) {
          without.add(pom);
        }
      }
    }
    assertEquals(List.of(), without, "POMs without the plugin that runs integration tests");
  }
}
