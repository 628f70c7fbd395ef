package io.accesstokens.testing;

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

/** The jars for other applications, as the build made them, and what they need. */
public final class LibraryJars {

  private static final String OWN_GROUP = "io.accesstokens";

  private LibraryJars() {}

  /** The folder of the build's artifacts. */
  public static Path folder() {
    Path war = Path.of(property("accesstokens.war")).toAbsolutePath();
    return Objects.requireNonNull(war.getParent());
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }

  /**
   * One of the artifacts.
   *
   * @param classifier {@code auth}, {@code classes-sources} and so on
   */
  public static Path jar(String classifier) {
    return folder().resolve("access-tokens-" + classifier + ".jar");
  }

  /**
   * The SBOM of an artifact.
   *
   * @param suffix {@code -auth}, {@code -classes}, or nothing for the WAR
   */
  public static JsonObject sbom(String suffix) {
    return read("access-tokens" + suffix + ".cdx.json");
  }

  private static JsonObject read(String file) {
    try (JsonReader reader =
        Json.createReader(Files.newInputStream(folder().resolve("sbom").resolve(file)))) {
      return reader.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The jars that the SBOM of a jar names, but for our own: all that it needs. */
  public static List<Path> neededBy(String classifier) {
    return components(sbom("-" + classifier))
        .filter(it -> !it.getString("group").equals(OWN_GROUP))
        .map(LibraryJars::file)
        .toList();
  }

  /** What serves an application on Jersey by the JDK's server. */
  public static Path jdkHttpServer() {
    String version =
        components(read("all.json"))
            .filter(it -> it.getString("name").equals("jersey-server"))
            .findFirst()
            .orElseThrow()
            .getString("version");
    return file("org.glassfish.jersey.containers", "jersey-container-jdk-http", version);
  }

  /** A database that can be embedded. */
  public static Path h2() {
    return components(read("all.json"))
        .filter(it -> it.getString("name").equals("h2"))
        .map(LibraryJars::file)
        .findFirst()
        .orElseThrow();
  }

  private static Stream<JsonObject> components(JsonObject sbom) {
    return sbom.getJsonArray("components").getValuesAs(JsonObject.class).stream();
  }

  private static Path file(JsonObject component) {
    return file(
        component.getString("group"), component.getString("name"), component.getString("version"));
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
