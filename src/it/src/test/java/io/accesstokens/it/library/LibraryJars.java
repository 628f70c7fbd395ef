package io.accesstokens.it.library;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Locates the libraries for other applications, as built, and their dependencies. */
final class LibraryJars {

  /** The modules that other applications depend on. Each follows the modules that it uses. */
  static final List<String> MODULES =
      List.of("verify", "log", "auth", "spring", "core", "store", "rest", "login", "backstage");

  private static final String OWN_GROUP = "io.accesstokens";

  private LibraryJars() {}

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }

  /** Returns the output directory of a module's build. */
  static Path folder(String module) {
    return Path.of("src", module, "target").toAbsolutePath();
  }

  static Path jar(String module) {
    return jar(module, "");
  }

  /**
   * Returns a jar of a module.
   *
   * @param suffix {@code -sources}, {@code -javadoc}, or empty for the classes
   */
  static Path jar(String module, String suffix) {
    return folder(module)
        .resolve(artifact(module) + "-" + property("accesstokens.version") + suffix + ".jar");
  }

  /** Returns the artifact id of a module. */
  static String artifact(String module) {
    return "access-tokens-" + (module.equals("spring") ? "spring-boot-starter" : module);
  }

  static JsonObject sbom(String module) {
    Path file = folder(module).resolve(artifact(module) + ".cdx.json");
    try (JsonReader reader = Json.createReader(Files.newInputStream(file))) {
      return reader.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the jars of a module and of all required components in its SBOM: the class path of its
   * users. Optional components are left out.
   */
  static List<Path> withDependencies(String module) {
    return Stream.concat(
            Stream.of(jar(module)),
            components(sbom(module))
                .filter(component -> !component.getString("scope", "").equals("optional"))
                .map(LibraryJars::file))
        .toList();
  }

  /** Returns the jar that serves Jersey applications with the JDK's server. */
  static Path jdkHttpServer() {
    return file(
        "org.glassfish.jersey.containers",
        "jersey-container-jdk-http",
        version(sbom("server"), "jersey-server"));
  }

  private static String version(JsonObject sbom, String name) {
    return components(sbom)
        .filter(component -> component.getString("name").equals(name))
        .findFirst()
        .orElseThrow()
        .getString("version");
  }

  private static Stream<JsonObject> components(JsonObject sbom) {
    return sbom.getJsonArray("components").getValuesAs(JsonObject.class).stream();
  }

  private static Path file(JsonObject component) {
    String group = component.getString("group");
    String name = component.getString("name");
    return group.equals(OWN_GROUP)
        ? jar(name.substring("access-tokens-".length()))
        : file(group, name, component.getString("version"));
  }

  private static Path file(String group, String name, String version) {
    Path file =
        Path.of(property("accesstokens.repository"))
            .resolve(group.replace('.', '/'))
            .resolve(name)
            .resolve(version)
            .resolve(name + "-" + version + ".jar");
    if (!Files.isRegularFile(file)) {
      throw new IllegalStateException("not in the local repository: " + file);
    }
    return file;
  }
}
