import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Makes the CycloneDX SBOM of each artifact from that of all the project's dependencies.
 *
 * <p>The WAR's holds what is packed into it, told by the checksums, or by the artifact's name where
 * only a part of it is packed (a folder of {@code WEB-INF/import}). That of a jar holds what the
 * documentation says it needs (the {@code <dependency>} elements after {@code <!-- needs: auth -->}
 * or {@code <!-- needs: classes -->}) and what that needs in turn. So the documentation cannot name
 * a version that is not the one tested: then this fails, and the build with it.
 *
 * <p>Arguments: the build directory, the artifacts' name within it, the version, the document.
 */
public final class SeparateSboms {

  private static final String GROUP = "io.accesstokens";

  private static final Pattern PACKED_IN_PART = Pattern.compile("WEB-INF/import/([^/]+)/.*");

  private final Path build;
  private final String name;
  private final String version;
  private final String documentation;
  private final JsonObject all;
  private final Map<String, JsonObject> components = new HashMap<>();
  private final Map<String, List<String>> dependsOn = new HashMap<>();

  private SeparateSboms(Path build, String name, String version, Path document) throws IOException {
    this.build = build;
    this.name = name;
    this.version = version;
    this.documentation = Files.readString(document);
    try (JsonReader reader =
        Json.createReader(Files.newInputStream(build.resolve("sbom/all.json")))) {
      all = reader.readObject();
    }
    for (JsonObject component : all.getJsonArray("components").getValuesAs(JsonObject.class)) {
      components.put(component.getString("bom-ref"), component);
    }
    for (JsonObject edge : all.getJsonArray("dependencies").getValuesAs(JsonObject.class)) {
      JsonArray targets = edge.getJsonArray("dependsOn");
      dependsOn.put(
          edge.getString("ref"),
          targets == null
              ? List.of()
              : targets.getValuesAs(JsonString.class).stream().map(JsonString::getString).toList());
    }
  }

  public static void main(String[] arguments) throws IOException {
    if (!Files.exists(Path.of(arguments[0], "sbom", "all.json"))) {
      System.err.println(
          "There is no SBOM of all dependencies: the CycloneDX plugin runs online only. Build without"
              + " -o once.");
      System.exit(1);
    }
    SeparateSboms sboms =
        new SeparateSboms(Path.of(arguments[0]), arguments[1], arguments[2], Path.of(arguments[3]));
    sboms.war();
    String auth = sboms.jar("auth", Map.of());
    sboms.jar("classes", Map.of(auth, sboms.needs("auth")));
  }

  private void war() throws IOException {
    Path war = build.resolve(name + ".war");
    Set<String> packed = new HashSet<>();
    Set<String> packedInPart = new HashSet<>();
    try (ZipInputStream entries = new ZipInputStream(Files.newInputStream(war))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        if (entry.getName().endsWith(".jar")) {
          packed.add(sha256(entries));
        }
        Matcher part = PACKED_IN_PART.matcher(entry.getName());
        if (part.matches()) {
          packedInPart.add(part.group(1));
        }
      }
    }
    Set<String> refs = new LinkedHashSet<>();
    for (JsonObject component : components.values()) {
      if (packed.remove(hash(component)) || packedInPart.remove(component.getString("name"))) {
        refs.add(component.getString("bom-ref"));
      }
    }
    packed.addAll(packedInPart);
    if (!packed.isEmpty()) {
      throw new IllegalStateException("in the WAR, but no dependency: " + packed);
    }
    String ref = "pkg:maven/" + GROUP + "/access-tokens@" + version + "?type=war";
    // What was excluded or is the container's still stands between those that are in.
    write("", own("application", ref, war), refs, Map.of(ref, List.copyOf(refs)), Map.of());
  }

  private String jar(String classifier, Map<String, List<String>> ownJars) throws IOException {
    List<String> roots = new ArrayList<>(needs(classifier));
    String ref =
        "pkg:maven/"
            + GROUP
            + "/access-tokens@"
            + version
            + "?classifier="
            + classifier
            + "&type=jar";
    Set<String> reached = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(roots);
    ownJars.values().forEach(open::addAll);
    while (!open.isEmpty()) {
      String next = open.pop();
      if (components.containsKey(next) && reached.add(next)) {
        open.addAll(dependsOn.getOrDefault(next, List.of()));
      }
    }
    Map<String, JsonObject> extra = new HashMap<>();
    Map<String, List<String>> edges = new HashMap<>(ownJars);
    for (String own : ownJars.keySet()) {
      extra.put(own, own("library", own, build.resolve(name + "-auth.jar")));
      roots.add(own);
    }
    edges.put(ref, roots);
    write(
        "-" + classifier,
        own("library", ref, build.resolve(name + "-" + classifier + ".jar")),
        reached,
        edges,
        extra);
    return ref;
  }

  /** The refs of the dependencies that the documentation names for a jar, but for our own. */
  private List<String> needs(String classifier) {
    Matcher block =
        Pattern.compile("<!-- needs: " + classifier + " -->\\s*```xml\n(.*?)```", Pattern.DOTALL)
            .matcher(documentation);
    if (!block.find()) {
      throw new IllegalStateException(
          "the documentation does not say what " + classifier + " needs");
    }
    List<String> refs = new ArrayList<>();
    Matcher dependency =
        Pattern.compile(
                "<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*"
                    + "<version>([^<]+)</version>")
            .matcher(block.group(1));
    while (dependency.find()) {
      if (dependency.group(1).equals(GROUP)) {
        if (!dependency.group(3).equals(version)) {
          throw new IllegalStateException(
              "the documentation names another version than " + version);
        }
        continue;
      }
      String ref =
          "pkg:maven/%s/%s@%s?type=jar"
              .formatted(dependency.group(1), dependency.group(2), dependency.group(3));
      if (!components.containsKey(ref)) {
        throw new IllegalStateException(
            "the documentation names " + ref + ", the build has another");
      }
      refs.add(ref);
    }
    return refs;
  }

  private JsonObject own(String type, String ref, Path file) throws IOException {
    return Json.createObjectBuilder()
        .add("type", type)
        .add("bom-ref", ref)
        .add("group", GROUP)
        .add("name", "access-tokens")
        .add("version", version)
        .add(
            "hashes",
            Json.createArrayBuilder()
                .add(
                    Json.createObjectBuilder()
                        .add("alg", "SHA-256")
                        .add("content", sha256(Files.newInputStream(file)))))
        .add(
            "licenses",
            Json.createArrayBuilder()
                .add(
                    Json.createObjectBuilder()
                        .add("license", Json.createObjectBuilder().add("id", "Apache-2.0"))))
        .add("purl", ref)
        .build();
  }

  private void write(
      String suffix,
      JsonObject subject,
      Set<String> refs,
      Map<String, List<String>> ownEdges,
      Map<String, JsonObject> ownComponents)
      throws IOException {
    JsonArrayBuilder listed = Json.createArrayBuilder();
    ownComponents.values().forEach(listed::add);
    refs.stream().sorted().map(components::get).forEach(listed::add);
    JsonArrayBuilder edges = Json.createArrayBuilder();
    ownEdges.keySet().stream().sorted().forEach(ref -> edges.add(edge(ref, ownEdges.get(ref))));
    refs.stream()
        .sorted()
        .forEach(
            ref ->
                edges.add(
                    edge(
                        ref,
                        dependsOn.getOrDefault(ref, List.of()).stream()
                            .filter(refs::contains)
                            .toList())));
    JsonObject metadata = all.getJsonObject("metadata");
    JsonObjectBuilder about = Json.createObjectBuilder();
    for (String member : metadata.keySet()) {
      if (member.equals("component")) {
        about.add(member, subject);
      } else if (!member.equals("properties")) {
        about.add(member, metadata.get(member));
      }
    }
    JsonObject sbom =
        Json.createObjectBuilder()
            .add("bomFormat", "CycloneDX")
            .add("specVersion", all.getString("specVersion"))
            .add("version", 1)
            .add("metadata", about)
            .add("components", listed)
            .add("dependencies", edges)
            .build();
    Path file = build.resolve("sbom").resolve(name + suffix + ".cdx.json");
    try (OutputStream out = Files.newOutputStream(file);
        JsonWriter writer =
            Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                .createWriter(out)) {
      writer.write((JsonValue) sbom);
    }
  }

  private static JsonObject edge(String ref, List<String> targets) {
    JsonArrayBuilder to = Json.createArrayBuilder();
    targets.stream().sorted().forEach(to::add);
    return Json.createObjectBuilder().add("ref", ref).add("dependsOn", to).build();
  }

  private static String hash(JsonObject component) {
    JsonArray hashes = component.getJsonArray("hashes");
    if (hashes != null) {
      for (JsonObject hash : hashes.getValuesAs(JsonObject.class)) {
        if (hash.getString("alg").equals("SHA-256")) {
          return hash.getString("content");
        }
      }
    }
    throw new IllegalStateException("no checksum of " + component.getString("bom-ref"));
  }

  /** Reads to the end, and closes nothing: it may be an entry of an archive. */
  private static String sha256(InputStream bytes) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.readAllBytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
