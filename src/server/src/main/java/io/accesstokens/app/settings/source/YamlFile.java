package io.accesstokens.app.settings.source;

import io.accesstokens.file.InvalidYamlException;
import io.accesstokens.file.YamlText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads the settings file. Use a new instance for each file.
 *
 * <p>The reader compares the YAML nodes with the schema, so that it can report each error with its
 * line number. YAML tags are ignored. Aliases and deep nesting cannot make the reader slow.
 */
public final class YamlFile {

  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_ALIASES = 50;

  private final String name;
  private final Schema schema;
  private final ValidationErrors errors;
  private final Map<String, Value> source = new LinkedHashMap<>();

  /**
   * Creates a reader of a settings file.
   *
   * @param name the name of the file, for messages
   * @param errors receives the errors
   */
  public YamlFile(String name, Schema schema, ValidationErrors errors) {
    this.name = ValidationErrors.printable(name);
    this.schema = schema;
    this.errors = errors;
  }

  /**
   * Reads the settings from a file. Reports an error if the file cannot be read or is larger than 1
   * MiB.
   */
  public Map<String, Value> read(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      errors.add(name, "cannot be read");
      return source;
    }
    if (bytes.length > MAX_BYTES) {
      errors.add(name, "is larger than 1 MiB");
      return source;
    }
    return read(bytes);
  }

  /** Reads the settings from the content of a file. */
  public Map<String, Value> read(byte[] bytes) {
    try {
      List<Node> documents = YamlText.nodes(YamlText.decode(bytes), MAX_ALIASES);
      if (documents.size() > 1) {
        errors.add(
            location(documents.get(1)), "must be one document, but a second one begins here");
      } else if (!documents.isEmpty()) {
        readTop(documents.get(0));
      }
    } catch (InvalidYamlException e) {
      errors.add(e.line() == 0 ? name : name + ':' + e.line(), String.valueOf(e.getMessage()));
    }
    return source;
  }

  private void readTop(Node root) {
    if (isNull(root)) {
      return;
    }
    if (!(root instanceof MappingNode settings)) {
      errors.add(location(root), "must contain settings, each as \"name: value\"");
      return;
    }
    Node nested = valueOf(settings, schema.prefix());
    if (nested == null) {
      readSection(schema.prefix(), settings);
      return;
    }
    checkTop(settings);
    if (nested instanceof MappingNode section) {
      readSection(schema.prefix(), section);
    } else if (!isNull(nested)) {
      errors.add(schema.prefix(), "must contain settings below it", location(nested));
    }
  }

  private void checkTop(MappingNode top) {
    int seen = 0;
    for (NodeTuple entry : top.getValue()) {
      String key = keyOf(entry);
      if (!key.equals(schema.prefix())) {
        errors.add(
            key,
            "unknown setting; all settings are below " + schema.prefix(),
            location(entry.getKeyNode()));
      } else if (++seen == 2) {
        errors.add(key, "is set twice in this file: remove one", location(entry.getKeyNode()));
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
      // A key with a dot or a bracket is not a path. Otherwise a file could contain a setting in
      // two forms.
      String child = path + '.' + key;
      boolean isName = !key.contains(".") && !key.contains("[");
      if (!isName || !schema.isKnown(child)) {
        errors.addUnknown(child, schema.similar(path, key), location(entry.getKeyNode()));
      } else if (!seen.add(key)) {
        errors.add(child, "is set twice in this file: remove one", location(entry.getKeyNode()));
      } else if (isNull(entry.getValueNode())) {
        Value.add(source, schema, child, "", location(entry.getKeyNode()));
      } else {
        readValue(child, entry.getValueNode());
      }
    }
  }

  private void readValue(String path, Node node) {
    if (node instanceof MappingNode section && schema.isSection(path)) {
      readSection(path, section);
    } else if (node instanceof SequenceNode list && schema.isList(path)) {
      readList(path, list);
    } else if (node instanceof ScalarNode scalar && schema.leaf(path).isPresent()) {
      Value.add(source, schema, path, scalar.getValue(), location(node));
    } else {
      boolean section = schema.isSection(path);
      String expected = section ? "a section with settings below it" : "a single value";
      errors.add(path, "must be " + (schema.isList(path) ? "a list" : expected), location(node));
    }
  }

  private void readList(String path, SequenceNode list) {
    int index = 0;
    for (Node element : list.getValue()) {
      if (!isBlank(element)) {
        readValue(path + '[' + index++ + ']', element);
      }
    }
    if (index == 0) {
      Value.add(source, schema, path, "", location(list));
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

  private String location(Node node) {
    return name + ':' + (node.getStartMark().getLine() + 1);
  }
}
