package io.accesstokens.file;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.composer.ComposerException;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserException;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;
import org.yaml.snakeyaml.scanner.ScannerException;

/** Parses YAML into text, lists and mappings. The package documentation contains the rules. */
public final class YamlText {

  private static final int DEEPEST = 50;
  private static final String TAGS_NOT_ALLOWED = "tags (!…) are not allowed";
  private static final Pattern NOT_PRINTABLE = Pattern.compile("[^ -~]");

  private YamlText() {}

  /**
   * Converts {@code null}, {@code Null}, {@code NULL}, {@code ~} and an empty value to null. Every
   * other scalar without quotes is text.
   */
  private static final class TextResolver extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.NULL, NULL, "~nN\0");
      addImplicitResolver(Tag.NULL, EMPTY, null);
    }
  }

  /** A parser that knows the line of its last event. Some errors of SnakeYAML have no position. */
  private static final class LineParser extends ParserImpl {

    private int line;

    LineParser(StreamReader reader, LoaderOptions bounds) {
      super(reader, bounds);
    }

    @Override
    public Event getEvent() {
      Event event = super.getEvent();
      line = event.getStartMark().getLine() + 1;
      return event;
    }
  }

  /**
   * Decodes the content of a file from UTF-8, and removes a byte order mark at the start.
   *
   * @throws InvalidYamlException if the content is not UTF-8
   */
  public static String decode(byte[] content) throws InvalidYamlException {
    ByteBuffer in = ByteBuffer.wrap(content);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      // The decoder stops at the first wrong byte.
      String before = new String(content, 0, in.position(), StandardCharsets.UTF_8);
      throw new InvalidYamlException(lineAfter(before.chars()), "is not UTF-8");
    }
  }

  /**
   * Returns the YAML documents of a text, in order. An empty document is a {@link
   * YamlValue.Nothing}. A text without any document gives an empty list.
   *
   * @throws MalformedFileException if the text is not valid; the message contains the line of the
   *     first error, if the line is known
   */
  public static List<YamlValue> documents(String text) {
    try {
      List<YamlValue> documents = new ArrayList<>();
      for (Node node : nodes(text, 0)) {
        documents.add(valueOf(node));
      }
      return documents;
    } catch (InvalidYamlException e) {
      String where = e.line() == 0 ? "" : "line " + e.line() + ": ";
      throw new MalformedFileException(List.of(where + e.getMessage()));
    }
  }

  /**
   * Returns the root node of each YAML document of a text, in order. The nodes contain line
   * numbers, repeated keys and tags.
   *
   * @param maxAliases the maximum number of aliases of lists and mappings
   * @throws InvalidYamlException if the text is not valid YAML
   */
  public static List<Node> nodes(String text, int maxAliases) throws InvalidYamlException {
    LoaderOptions bounds = new LoaderOptions();
    bounds.setMaxAliasesForCollections(maxAliases);
    bounds.setNestingDepthLimit(DEEPEST);
    bounds.setCodePointLimit(WatchedFile.MAX_BYTES);
    List<Node> nodes = new ArrayList<>();
    StreamReader reader = new StreamReader(new StringReader(text));
    LineParser parser = new LineParser(reader, bounds);
    try {
      Composer composer = new Composer(parser, new TextResolver(), bounds);
      while (composer.checkNode()) {
        nodes.add(composer.getNode());
      }
      return nodes;
    } catch (MarkedYAMLException e) {
      // Do not use e.getMessage(), because this message quotes the line, which may contain a
      // password hash.
      Mark mark = e.getProblemMark();
      throw new InvalidYamlException(mark == null ? 0 : mark.getLine() + 1, errorMessage(e));
    } catch (ReaderException e) {
      throw new InvalidYamlException(
          lineAfter(text.codePoints().limit(e.getPosition())),
          "is not valid YAML: a character that it does not allow");
    } catch (YAMLException e) {
      throw new InvalidYamlException(parser.line, unmarkedErrorMessage(e));
    } catch (IllegalArgumentException e) {
      throw new InvalidYamlException(
          reader.getLine() + 1, "is not valid YAML: an escape in quotes is not complete");
    } catch (StackOverflowError e) {
      throw new InvalidYamlException(parser.line, "is nested too deeply");
    }
  }

  private static int lineAfter(IntStream characters) {
    return 1 + (int) characters.filter(c -> c == '\n').count();
  }

  private static YamlValue valueOf(Node node) throws InvalidYamlException {
    int line = node.getStartMark().getLine() + 1;
    Tag tag = node.getTag();
    if (node instanceof ScalarNode scalar) {
      if (tag.equals(Tag.NULL)) {
        return new YamlValue.Nothing(line);
      }
      requireTag(node, tag.equals(Tag.STR));
      return new YamlValue.Text(scalar.getValue(), line);
    }
    if (node instanceof SequenceNode sequence) {
      requireTag(node, tag.equals(Tag.SEQ));
      List<YamlValue> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(valueOf(item));
      }
      return new YamlValue.Items(items, line);
    }
    if (node instanceof MappingNode mapping) {
      requireTag(node, tag.equals(Tag.MAP));
      return new YamlValue.Fields(fieldsOf(mapping), line);
    }
    throw fault(node, "is not valid YAML");
  }

  private static Map<String, YamlValue> fieldsOf(MappingNode mapping) throws InvalidYamlException {
    Map<String, YamlValue> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node keyNode = tuple.getKeyNode();
      if (!(valueOf(keyNode) instanceof YamlValue.Text key)) {
        throw fault(keyNode, "a key must be text");
      }
      if (fields.put(key.text(), valueOf(tuple.getValueNode())) != null) {
        throw fault(keyNode, "a key occurs twice");
      }
    }
    return Collections.unmodifiableMap(fields);
  }

  private static void requireTag(Node node, boolean ordinary) throws InvalidYamlException {
    if (!ordinary) {
      throw fault(node, TAGS_NOT_ALLOWED);
    }
  }

  private static String errorMessage(MarkedYAMLException e) {
    String problem = String.valueOf(e.getProblem());
    if (e instanceof ComposerException) {
      return problem.startsWith("Global tag")
          ? TAGS_NOT_ALLOWED
          : "is not valid YAML: an alias (*…) without an anchor; quote a text that begins with *";
    }
    // Messages of the parser and the scanner contain only grammar terms and single characters,
    // except these two messages, which quote the text.
    boolean quotes = problem.contains("tag handle") || problem.contains("but found: ");
    if ((e instanceof ParserException || e instanceof ScannerException)
        && !quotes
        && problem.lines().count() == 1) {
      // The wrong character in the message may be a control character, which a log must not
      // contain.
      return "is not valid YAML: " + NOT_PRINTABLE.matcher(problem).replaceAll("?");
    }
    return "is not valid YAML";
  }

  private static String unmarkedErrorMessage(YAMLException e) {
    String message = String.valueOf(e.getMessage());
    if (message.startsWith("Number of aliases")) {
      return "has too many aliases (*…) of lists and mappings";
    }
    if (message.startsWith("Nesting Depth")) {
      return "is nested too deeply";
    }
    return "is not valid YAML";
  }

  private static InvalidYamlException fault(Node node, String errorMessage) {
    return new InvalidYamlException(node.getStartMark().getLine() + 1, errorMessage);
  }
}
