package io.accesstokens.file;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserException;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;
import org.yaml.snakeyaml.scanner.ScannerException;

/** Parses YAML by rules 5 to 7 of the package documentation. */
public final class YamlText {

  private static final int DEEPEST = 50;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private YamlText() {}

  /** Resolves null only: every other plain scalar is text. */
  private static final class TextResolver extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.NULL, NULL, "~nN\0");
      addImplicitResolver(Tag.NULL, EMPTY, null);
    }
  }

  /**
   * Returns the documents of a text, in order. An empty document is a {@link YamlValue.Nothing}. A
   * text without any document gives an empty list.
   *
   * @throws MalformedFileException if the text is not valid; one line gives the position of the
   *     first error
   */
  public static List<YamlValue> documents(String text) {
    List<YamlValue> documents = new ArrayList<>();
    try {
      for (Node node : yaml().composeAll(new StringReader(text))) {
        documents.add(valueOf(node));
      }
    } catch (MarkedYAMLException e) {
      // Do not use e.getMessage(): it quotes the line, which may hold a password hash.
      throw fault(e.getProblemMark(), complaint(e));
    } catch (YAMLException e) {
      throw fault(null, unmarkedComplaint(e));
    } catch (IllegalArgumentException e) {
      throw fault(null, "is not valid YAML: an escape in quotes is not complete");
    } catch (StackOverflowError e) {
      throw fault(null, "is nested too deeply");
    }
    return documents;
  }

  private static Yaml yaml() {
    LoaderOptions bounds = new LoaderOptions();
    bounds.setAllowDuplicateKeys(false);
    bounds.setAllowRecursiveKeys(false);
    bounds.setMaxAliasesForCollections(0);
    bounds.setNestingDepthLimit(DEEPEST);
    bounds.setCodePointLimit(WatchedFile.MAX_BYTES);
    DumperOptions unused = new DumperOptions();
    return new Yaml(
        new SafeConstructor(bounds), new Representer(unused), unused, bounds, new TextResolver());
  }

  private static YamlValue valueOf(Node node) {
    int line = node.getStartMark().getLine() + 1;
    Tag tag = node.getTag();
    if (node instanceof ScalarNode scalar) {
      if (tag.equals(Tag.NULL)) {
        return new YamlValue.Nothing(line);
      }
      demandTag(node, tag.equals(Tag.STR));
      return new YamlValue.Text(scalar.getValue(), line);
    }
    if (node instanceof SequenceNode sequence) {
      demandTag(node, tag.equals(Tag.SEQ));
      List<YamlValue> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(valueOf(item));
      }
      return new YamlValue.Items(items, line);
    }
    if (node instanceof MappingNode mapping) {
      demandTag(node, tag.equals(Tag.MAP));
      return new YamlValue.Fields(fieldsOf(mapping), line);
    }
    throw fault(node.getStartMark(), "is not valid YAML");
  }

  private static Map<String, YamlValue> fieldsOf(MappingNode mapping) {
    Map<String, YamlValue> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node keyNode = tuple.getKeyNode();
      if (!(valueOf(keyNode) instanceof YamlValue.Text key)) {
        throw fault(keyNode.getStartMark(), "a key must be text");
      }
      if (fields.put(key.text(), valueOf(tuple.getValueNode())) != null) {
        throw fault(keyNode.getStartMark(), "a key stands there twice");
      }
    }
    return Collections.unmodifiableMap(fields);
  }

  private static void demandTag(Node node, boolean ordinary) {
    if (!ordinary) {
      throw fault(node.getStartMark(), "tags (!…) are not allowed");
    }
  }

  private static String complaint(MarkedYAMLException e) {
    // The messages of these two exceptions name grammar and single characters, never a value.
    if (e instanceof ParserException || e instanceof ScannerException) {
      String problem = e.getProblem();
      if (problem != null && problem.lines().count() == 1) {
        // The message contains the wrong character, which may be a control character. A log must
        // not contain control characters.
        return "is not valid YAML: " + CONTROL.matcher(problem).replaceAll("?");
      }
    }
    return "is not valid YAML";
  }

  private static String unmarkedComplaint(YAMLException e) {
    String message = String.valueOf(e.getMessage());
    if (message.startsWith("Number of aliases")) {
      return "aliases (*…) of lists and mappings are not allowed";
    }
    if (message.startsWith("Nesting Depth")) {
      return "is nested too deeply";
    }
    return "is not valid YAML";
  }

  private static MalformedFileException fault(@Nullable Mark mark, String complaint) {
    String where = mark == null ? "" : "line " + (mark.getLine() + 1) + ": ";
    return new MalformedFileException(List.of(where + complaint));
  }
}
