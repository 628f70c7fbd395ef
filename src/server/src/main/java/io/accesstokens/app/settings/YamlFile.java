package io.accesstokens.app.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads the settings file.
 *
 * <p>It works on YAML nodes, not on objects that are created from them. Nodes contain line numbers,
 * show duplicate keys, keep texts such as {@code 0123} unchanged, and ignore tags. The reader
 * follows the schema, so neither aliases nor deep nesting can make it slow.
 */
final class YamlFile {

  private static final int MAX_BYTES = 1 << 20;

  private final String name;
  private final Schema schema;
  private final SettingsSource source;
  private final ValidationErrors findings;

  /**
   * @param name the name of the file, for messages
   * @param source receives the settings of the file
   * @param findings receives the errors
   */
  YamlFile(String name, Schema schema, SettingsSource source, ValidationErrors findings) {
    this.name = ValidationErrors.printable(name);
    this.schema = schema;
    this.source = source;
    this.findings = findings;
  }

  /** Reads a file. */
  void read(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      findings.add(name, "cannot be read");
      return;
    }
    if (bytes.length > MAX_BYTES) {
      findings.add(name, "is larger than 1 MiB");
      return;
    }
    read(bytes);
  }

  /** Reads the content of a file. */
  void read(byte[] bytes) {
    String text = decode(bytes);
    if (text != null) {
      parse(text);
    }
  }

  private @Nullable String decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      findings.add(name + ':' + (1 + text.chars().filter(c -> c == '\n').count()), "is not UTF-8");
      return null;
    }
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private void parse(String text) {
    Node root;
    try {
      LoaderOptions options = new LoaderOptions();
      StreamReader reader = new StreamReader(new StringReader(text));
      // Null for a file without content. This call creates no objects from tags.
      root = new Composer(new ParserImpl(reader, options), new Resolver(), options).getSingleNode();
    } catch (MarkedYAMLException e) {
      String problem = String.valueOf(e.getProblem());
      if (problem.startsWith("but ")) {
        problem = e.getContext() + ", " + problem;
      }
      String line = e.getProblemMark() == null ? "" : ":" + (e.getProblemMark().getLine() + 1);
      findings.add(name + line, "is not valid YAML: " + ValidationErrors.printable(problem));
      return;
    } catch (ReaderException e) {
      long line = 1 + text.codePoints().limit(e.getPosition()).filter(c -> c == '\n').count();
      findings.add(name + ':' + line, "is not valid YAML: a character that it does not allow");
      return;
    } catch (IllegalArgumentException e) {
      findings.add(name, "is not valid YAML: an escape in quotes is not complete");
      return;
    } catch (YAMLException e) {
      findings.add(
          name, "is not valid YAML: " + ValidationErrors.printable(String.valueOf(e.getMessage())));
      return;
    }
    if (root == null || isNull(root)) {
      return;
    }
    if (!(root instanceof MappingNode settings)) {
      findings.add(place(root), "must hold settings, each as \"name: value\"");
      return;
    }
    Node nested = valueOf(settings, Settings.PREFIX);
    if (nested == null) {
      readSection(Settings.PREFIX, settings);
      return;
    }
    checkTop(settings);
    if (nested instanceof MappingNode section) {
      readSection(Settings.PREFIX, section);
    } else if (!isNull(nested)) {
      findings.add(Settings.PREFIX, "must hold settings below it", place(nested));
    }
  }

  private void checkTop(MappingNode top) {
    int seen = 0;
    for (NodeTuple entry : top.getValue()) {
      String key = keyOf(entry);
      if (!key.equals(Settings.PREFIX)) {
        findings.add(
            key, "unknown setting; all stand below " + Settings.PREFIX, place(entry.getKeyNode()));
      } else if (++seen == 2) {
        findings.add(key, "stands here a second time", place(entry.getKeyNode()));
      }
    }
  }

  private static @Nullable Node valueOf(MappingNode node, String key) {
    for (NodeTuple entry : node.getValue()) {
      if (keyOf(entry).equals(key)) {
        return entry.getValueNode();
      }
    }
    return null;
  }

  private void readSection(String path, MappingNode section) {
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : section.getValue()) {
      String key = keyOf(entry);
      // A key with a dot or a bracket is not a path. Otherwise a setting could be written in two
      // ways.
      String child = path + '.' + key;
      boolean isName = !key.contains(".") && !key.contains("[");
      if (!isName || !(schema.leaf(child).isPresent() || hasBelow(child))) {
        findings.addUnknown(child, schema.similar(path, key), place(entry.getKeyNode()));
      } else if (!seen.add(key)) {
        findings.add(child, "stands here a second time", place(entry.getKeyNode()));
      } else if (!isNull(entry.getValueNode())) {
        readValue(child, entry.getValueNode());
      }
    }
  }

  private boolean hasBelow(String path) {
    return schema.isSection(path) || schema.isList(path);
  }

  private void readValue(String path, Node node) {
    if (node instanceof MappingNode section && schema.isSection(path)) {
      readSection(path, section);
    } else if (node instanceof SequenceNode list && schema.isList(path)) {
      readList(path, list.getValue());
    } else if (node instanceof ScalarNode scalar && schema.leaf(path).isPresent()) {
      source.add(path, scalar.getValue(), place(node));
    } else {
      findings.add(path, "must be " + expected(path), place(node));
    }
  }

  private String expected(String path) {
    if (schema.isList(path)) {
      return "a list";
    }
    return schema.isSection(path) ? "a section with settings below it" : "a single value";
  }

  private void readList(String path, List<Node> elements) {
    int index = 0;
    for (Node element : elements) {
      if (!isBlank(element)) {
        readValue(path + '[' + index++ + ']', element);
      }
    }
  }

  private static String keyOf(NodeTuple entry) {
    return entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  private static boolean isBlank(Node node) {
    return isNull(node) || (node instanceof ScalarNode scalar && scalar.getValue().isBlank());
  }

  private String place(Node node) {
    return name + ':' + (node.getStartMark().getLine() + 1);
  }
}
