package io.accesstokens.app.settings.source;

import io.accesstokens.file.FileErrors;
import io.accesstokens.file.InvalidYamlException;
import io.accesstokens.file.YamlText;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  private static final Duration WRITER_TIMEOUT = Duration.ofMinutes(1);

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
   * Reads the settings from a file or a pipe. Reports an error if it cannot be read or is larger
   * than 1 MiB, or if no process opens the pipe for writing within a minute.
   */
  public Map<String, Value> read(Path file) {
    return read(file, WRITER_TIMEOUT);
  }

  Map<String, Value> read(Path file, Duration writerTimeout) {
    byte[] bytes;
    try (InputStream in = open(file, writerTimeout)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (TimeoutException e) {
      errors.add(name, "is a pipe that no process writes");
      return source;
    } catch (IOException e) {
      errors.add(name, FileErrors.reasonOf(e));
      return source;
    }
    if (bytes.length > MAX_BYTES) {
      errors.add(name, "is larger than 1 MiB");
      return source;
    }
    return read(bytes);
  }

  /**
   * Opens a file. For a named pipe, waits until a process opens the pipe for writing.
   *
   * @throws TimeoutException if no process opens the pipe for writing in time
   */
  private static InputStream open(Path file, Duration writerTimeout)
      throws IOException, TimeoutException {
    if (Files.isRegularFile(file)) {
      return Files.newInputStream(file);
    }
    FutureTask<InputStream> opened = new FutureTask<>(() -> Files.newInputStream(file));
    Thread thread = new Thread(opened, "settings-file");
    thread.setDaemon(true);
    thread.start();
    try {
      return opened.get(writerTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failed ? failed : new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
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
