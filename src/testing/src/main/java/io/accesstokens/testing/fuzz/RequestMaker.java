package io.accesstokens.testing.fuzz;

import io.accesstokens.testing.fuzz.KnownValues.Link;
import io.accesstokens.testing.fuzz.Operation.Parameter;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Generates requests for the operations of an API. */
final class RequestMaker {

  /** The amount of hostile content in a request. */
  enum FlawLevel {
    /** No hostile content. The request succeeds if the caller has permission. */
    NONE,
    /** One hostile value, header, method or body. */
    ONE,
    /** About half of the content is hostile. */
    MANY
  }

  /**
   * Maximum length of a request head that the fuzzer expects the server to accept, in characters.
   */
  private static final int MAX_HEAD_LENGTH = 8_000;

  /**
   * Number of semicolons at which the server may reject a header line. The server limits the number
   * of cookies, which are separated by semicolons.
   */
  private static final int COOKIES = 150;

  /**
   * Matches texts that contain only characters of a URI path and query (RFC 3986), or {@code #}.
   * Does not check the syntax, such as the percent-encoding.
   */
  private static final Pattern IN_A_TARGET = Pattern.compile("[!#-;=?-Z_a-z~]++");

  private final OpenApi api;
  private final String basePath;
  private final KnownValues known;
  private final ValueMaker values;
  private final Choice choice;

  RequestMaker(OpenApi api, String basePath, KnownValues known, Choice choice) {
    this.api = api;
    this.basePath = basePath;
    this.known = known;
    this.values = new ValueMaker(known, choice);
    this.choice = choice;
  }

  /** The parts of one request that are hostile. */
  private record Flaws(
      Set<String> parameters,
      boolean query,
      boolean body,
      boolean type,
      boolean header,
      boolean method) {}

  /**
   * Generates a request.
   *
   * @param usual the default caller of the request. If the request follows a link in a response,
   *     the caller is the receiver of that response
   */
  FuzzedRequest make(Operation operation, Caller usual, FlawLevel level) {
    Optional<Link> link =
        level == FlawLevel.NONE ? known.link(operation, choice) : Optional.empty();
    Caller caller = link.map(Link::caller).orElse(usual);
    Flaws flaws = flaws(operation, level);
    String method = flaws.method() ? choice.oneOf(HostileHeaders.METHODS) : operation.method();
    List<String> headers = new ArrayList<>(caller.headers());
    headers.addAll(headerFields(operation, flaws.parameters()));
    String target = link.map(Link::target).orElse(null);
    boolean routed = true;
    if (target == null) {
      String path = path(operation, flaws.parameters());
      routed = isRouted(operation, path);
      target = basePath + path + query(operation, flaws);
    }
    byte[] body = body(operation, method, flaws);
    if (body != null || flaws.type()) {
      addContentType(operation, flaws, headers);
    }
    if (flaws.header()) {
      for (int i = choice.below(3); i >= 0; i--) {
        headers.add(choice.oneOf(HostileHeaders.HEADERS));
      }
    }
    boolean chunked = body != null && choice.chance(15);
    routed &= isUnderstood(target, headers);
    Operation actual = routed ? actualOperation(operation, method, target) : operation;
    return new FuzzedRequest(actual, caller, method, target, headers, body, chunked, routed);
  }

  /**
   * Returns the operation of the document for the method and the path of the request. Returns
   * {@code operation} if the document contains no such operation.
   */
  private Operation actualOperation(Operation operation, String method, String target) {
    String path = target.substring(basePath.length()).split("\\?", 2)[0];
    return api.find(method.equals("HEAD") ? "GET" : method, path).orElse(operation);
  }

  /** Returns false if the server may reject the request before it reads the path. */
  private static boolean isUnderstood(String target, List<String> headers) {
    int length = target.length() + headers.stream().mapToInt(String::length).sum();
    return length < MAX_HEAD_LENGTH
        && IN_A_TARGET.matcher(target).matches()
        && headers.stream().allMatch(line -> line.chars().allMatch(c -> c >= ' ' && c != 0x7F))
        && headers.stream().allMatch(line -> line.chars().filter(c -> c == ';').count() < COOKIES);
  }

  private Flaws flaws(Operation operation, FlawLevel level) {
    List<String> names =
        new ArrayList<>(operation.parameters().stream().map(Parameter::name).toList());
    if (operation.body() != null) {
      names.addAll(OpenApi.properties(operation.body().schema()).keySet());
    }
    if (level == FlawLevel.NONE) {
      return new Flaws(Set.of(), false, false, false, false, false);
    }
    if (level == FlawLevel.MANY) {
      Set<String> some = new HashSet<>(names);
      some.removeIf(name -> choice.chance(60));
      return new Flaws(
          some,
          choice.chance(30),
          choice.chance(15),
          choice.chance(15),
          choice.chance(40),
          choice.chance(10));
    }
    if (!names.isEmpty() && choice.chance(70)) {
      return new Flaws(Set.of(choice.oneOf(names)), false, false, false, false, false);
    }
    int kind = choice.below(6);
    return new Flaws(Set.of(), kind == 0, kind == 1, kind == 2, kind == 3 || kind == 5, kind == 4);
  }

  private String path(Operation operation, Set<String> flawed) {
    String path = operation.path();
    for (Parameter parameter : operation.parameters()) {
      if (parameter.isInPath()) {
        String value =
            flawed.contains(parameter.name())
                ? values.hostile(operation, parameter.name(), parameter.schema())
                : ValueMaker.encoded(values.good(operation, parameter.name(), parameter.schema()));
        path = path.replace('{' + parameter.name() + '}', value);
      }
    }
    return path;
  }

  /**
   * Returns false if the server may find another operation for the path. For example, a value in
   * the path can contain an additional slash.
   */
  private static boolean isRouted(Operation operation, String path) {
    int placeholder = operation.path().indexOf('{');
    if (placeholder < 0) {
      return true;
    }
    String rest = path.substring(placeholder);
    int slashes =
        (int) operation.path().substring(placeholder).chars().filter(c -> c == '/').count();
    return rest.chars().filter(c -> c == '/').count() == slashes
        && rest.matches("[0-9a-f-]{36}.*")
        && rest.matches("[!-~&&[^%;?#\\\\\\[\\]{}|^`\"<>]]+")
        && !rest.contains("..");
  }

  private String query(Operation operation, Flaws flaws) {
    List<String> pairs = new ArrayList<>();
    for (Parameter parameter : operation.parameters()) {
      if (parameter.isInPath() || parameter.isInHeader()) {
        continue;
      }
      String name = parameter.name();
      if (flaws.parameters().contains(name)) {
        pairs.addAll(flawedPairs(operation, parameter));
      } else if (parameter.required() || choice.chance(30)) {
        pairs.add(
            name + '=' + ValueMaker.encoded(values.good(operation, name, parameter.schema())));
      }
    }
    if (flaws.query()) {
      String odd =
          choice.oneOf(
              List.of(
                  "%zz",
                  "%",
                  "=",
                  "&",
                  "a=%f",
                  HostileValues.MARK + "=1",
                  HostileValues.MARK,
                  "token=x",
                  "access_token=" + HostileValues.MARK,
                  "a=b".repeat(1_500),
                  "?" + HostileValues.MARK,
                  "%00=%00",
                  "a=1;b=2",
                  "\u00e9=\u00ff"));
      pairs.add(choice.below(pairs.size() + 1), odd);
    }
    return pairs.isEmpty() ? "" : '?' + String.join("&", pairs);
  }

  private List<String> headerFields(Operation operation, Set<String> flawed) {
    List<String> fields = new ArrayList<>();
    for (Parameter parameter : operation.parameters()) {
      String name = parameter.name();
      if (parameter.isInHeader() && flawed.contains(name)) {
        String hostile = name + ": " + values.hostile(operation, name, parameter.schema());
        fields.addAll(choice.chance(20) ? List.of(hostile, hostile) : List.of(hostile));
      } else if (parameter.isInHeader() && (parameter.required() || choice.chance(30))) {
        fields.add(name + ": " + values.good(operation, name, parameter.schema()));
      }
    }
    return fields;
  }

  /**
   * Returns query pairs with one flaw in a parameter. The parameter is absent, empty, without a
   * value, duplicate, renamed or hostile.
   */
  private List<String> flawedPairs(Operation operation, Parameter parameter) {
    String name = parameter.name();
    String good = ValueMaker.encoded(values.good(operation, name, parameter.schema()));
    String hostile = values.hostile(operation, name, parameter.schema());
    return switch (choice.below(10)) {
      case 0 -> List.of();
      case 1 -> List.of(name + '=');
      case 2 -> List.of(name);
      case 3 -> List.of(name + '=' + good, name + '=' + choice.oneOf(List.of(good, hostile)));
      case 4 -> List.of(name.toUpperCase(java.util.Locale.ROOT) + '=' + good);
      default -> List.of(name + '=' + hostile);
    };
  }

  private byte @Nullable [] body(Operation operation, String method, Flaws flaws) {
    Operation.Body declared = method.equals(operation.method()) ? operation.body() : null;
    if (flaws.body() || (declared == null && flaws.method() && choice.chance(40))) {
      return latin1(choice.oneOf(HostileValues.BODIES));
    }
    if (declared == null || (!declared.required() && choice.chance(30))) {
      return null;
    }
    JsonObject schema = declared.schema();
    List<String> required =
        schema.containsKey("required")
            ? schema.getJsonArray("required").stream()
                .map(name -> ((jakarta.json.JsonString) name).getString())
                .toList()
            : List.of();
    List<String> members = new ArrayList<>();
    for (String name : OpenApi.properties(schema).keySet()) {
      JsonObject member = OpenApi.properties(schema).getJsonObject(name);
      boolean flawed = flaws.parameters().contains(name);
      if (flawed || required.contains(name) || choice.chance(40)) {
        members.addAll(
            declared.isForm()
                ? formMember(operation, name, member, flawed)
                : jsonMember(operation, name, member, flawed));
      }
    }
    if (declared.isForm()) {
      return latin1(String.join("&", members));
    }
    return latin1('{' + String.join(",", members) + '}');
  }

  private List<String> formMember(
      Operation operation, String name, JsonObject schema, boolean flawed) {
    String good = name + '=' + ValueMaker.encoded(values.good(operation, name, schema));
    if (!flawed) {
      return List.of(good);
    }
    return switch (choice.below(6)) {
      case 0 -> List.of();
      case 1 -> List.of(good, good);
      case 2 -> List.of(good, HostileValues.MARK + '=' + HostileValues.MARK);
      default -> List.of(name + '=' + values.hostile(operation, name, schema));
    };
  }

  private List<String> jsonMember(
      Operation operation, String name, JsonObject schema, boolean flawed) {
    String good = '"' + name + "\":" + values.goodJson(operation, name, schema);
    if (!flawed) {
      return List.of(good);
    }
    String hostile = '"' + name + "\":" + values.hostileJson(operation, name, schema);
    return switch (choice.below(10)) {
      case 0 -> List.of();
      case 1 -> List.of(good, hostile);
      case 2 -> List.of(good, '"' + HostileValues.MARK + "\":" + choice.oneOf(HostileValues.JSON));
      case 3 -> List.of('"' + name + "\\u0000\":1", good);
      default -> List.of(hostile);
    };
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void addContentType(Operation operation, Flaws flaws, List<String> headers) {
    String declared = operation.body() == null ? "application/json" : operation.body().mediaType();
    if (!flaws.type()) {
      headers.add("Content-Type: " + declared);
    } else if (choice.chance(85)) {
      headers.add("Content-Type: " + choice.oneOf(HostileHeaders.CONTENT_TYPES));
      if (choice.chance(15)) {
        headers.add("Content-Type: " + declared);
      }
    }
  }
}
