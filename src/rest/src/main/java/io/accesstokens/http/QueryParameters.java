package io.accesstokens.http;

import io.accesstokens.token.Permissions;
import io.accesstokens.token.ScopeCatalogue;
import io.accesstokens.token.TokenQuery;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.Violation;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.EntityRef;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The query of a request, read by hand: strictly decoded, no parameter twice, an empty parameter
 * equal to an absent one, unknown ones passed over.
 *
 * <p>Each reading method notes what is wrong and goes on; {@link #check} then tells it all.
 */
final class QueryParameters {

  /** How many rows a page has when nobody says. */
  static final int DEFAULT_LIMIT = 50;

  /** They are named in a header of the answer, which containers and proxies limit. */
  static final int MAX_SCOPES_LENGTH = 2_000;

  /** The largest number of parameters. */
  static final int MAX_PARAMETERS = 100;

  private static final String SCOPE = "scope";

  private static final String TOKEN_SUBJECT = "service-token:";

  /** No subject is longer. */
  private static final int MAX_SUBJECT = 700;

  /** A database may have no instants from here on. */
  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9_-]{16,64}");

  private final Map<String, List<String>> parameters = new HashMap<>();
  private final List<Violation> violations = new ArrayList<>();

  private QueryParameters() {}

  /** Takes the query of a URI apart. */
  static QueryParameters of(URI uri) {
    QueryParameters query = new QueryParameters();
    String text = uri.getRawQuery();
    if (text != null) {
      query.read(text);
    }
    return query;
  }

  /**
   * Takes apart what comes before a parameter of this name, which holds all the rest as it is,
   * ampersands included.
   */
  static QueryParameters before(String rest, URI uri) {
    QueryParameters query = new QueryParameters();
    String text = uri.getRawQuery();
    if (text != null && !text.startsWith(rest + '=')) {
      int end = text.indexOf('&' + rest + '=');
      query.read(end < 0 ? text : text.substring(0, end));
    }
    return query;
  }

  private void read(String text) {
    String[] pairs = text.split("&", MAX_PARAMETERS + 1);
    if (pairs.length > MAX_PARAMETERS) {
      complain("query", "must have no more than " + MAX_PARAMETERS + " parameters");
      return;
    }
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      Optional<String> name = decode(equals < 0 ? pair : pair.substring(0, equals));
      Optional<String> value = decode(equals < 0 ? "" : pair.substring(equals + 1));
      if (name.isPresent() && value.isPresent()) {
        parameters.computeIfAbsent(name.get(), it -> new ArrayList<>()).add(value.get());
      } else {
        violations.add(new Violation("query", "must be percent-encoded UTF-8"));
      }
    }
  }

  /** Returns true if anything that was read so far is wrong. */
  boolean isWrong() {
    return !violations.isEmpty();
  }

  /** All of them, by name. */
  Map<String, List<String>> all() {
    return Map.copyOf(parameters);
  }

  /** {@code limit}: 0..{@value TokenQuery#MAX_LIMIT}, by default {@value #DEFAULT_LIMIT}. */
  int limit() {
    return number("limit", DEFAULT_LIMIT, TokenQuery.MAX_LIMIT);
  }

  /** {@code offset}: not negative, by default 0. */
  int offset() {
    return number("offset", 0, Integer.MAX_VALUE);
  }

  /** A number from 1 on; empty if it is absent. */
  OptionalInt positive(String name, int max) {
    return single(
            name,
            "must be a whole number from 1 to " + max,
            text -> digits(text, max).filter(number -> number > 0))
        .map(OptionalInt::of)
        .orElseGet(OptionalInt::empty);
  }

  /** {@code status}: the exact text of a status. */
  Optional<TokenStatus> status() {
    return single("status", "must be one of active, expiring, expired, revoked", TokenStatus::of);
  }

  /** An instant: ISO 8601 with a zone. */
  Optional<Instant> instant(String name) {
    return single(
        name,
        "must be an ISO 8601 date and time with a zone, e.g. 2027-01-31T12:00:00Z, from 1970 on",
        QueryParameters::instantOf);
  }

  private static Optional<Instant> instantOf(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS))
          .filter(instant -> !instant.isBefore(Instant.EPOCH) && instant.isBefore(END));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** A parameter that is either {@code true} or {@code false}, by default false. */
  boolean flag(String name) {
    return single(
            name,
            "must be true or false",
            text ->
                switch (text) {
                  case "true" -> Optional.of(true);
                  case "false" -> Optional.of(false);
                  default -> Optional.<Boolean>empty();
                })
        .orElse(false);
  }

  /**
   * {@code groupEntityRef}: a group's ref in any spelling, whether or not there is such a group.
   */
  Optional<EntityRef> group() {
    return single(
        "groupEntityRef", "must name a group, e.g. group:default/platform", EntityRef::parseGroup);
  }

  /** {@code userEntityRef}: a user's ref in any spelling; it must be there. */
  Optional<EntityRef> user() {
    String expectation = "must name a user, e.g. user:default/dave";
    int before = violations.size();
    Optional<EntityRef> user = single("userEntityRef", expectation, EntityRef::parseUser);
    if (user.isEmpty() && violations.size() == before) {
      violations.add(new Violation("userEntityRef", expectation));
    }
    return user;
  }

  /** Who did something: a user's ref in any spelling, or a token's subject as it is. */
  Optional<String> actor(String name) {
    return single(
        name,
        "must name a user, e.g. user:default/alice, or be a token's subject",
        text ->
            text.startsWith(TOKEN_SUBJECT) && text.length() <= MAX_SUBJECT
                ? Optional.of(text).filter(it -> it.indexOf('\0') < 0)
                : EntityRef.parseUser(text).map(EntityRef::toString));
  }

  /**
   * {@code groupEntityRef}, without which nothing can be said.
   *
   * @throws MalformedRequestException if it is absent, or anything that was read so far is wrong
   */
  EntityRef requiredGroup() {
    Optional<EntityRef> group = group();
    check();
    return group.orElseThrow(
        () ->
            new MalformedRequestException(List.of(new Violation("groupEntityRef", "is required"))));
  }

  /** Notes that a parameter is wrong. */
  void complain(String name, String expectation) {
    violations.add(new Violation(name, expectation));
  }

  /**
   * All of {@code q}, {@code permission}, {@code limit} of a search for groups.
   *
   * @throws MalformedRequestException if a parameter is wrong
   */
  GroupQuery groupQuery() {
    Optional<String> text =
        single("q", "must have at most " + GroupQuery.MAX_TEXT + " characters", GroupQuery::text);
    Optional<String> permission =
        single(
            "permission",
            "must be one of " + String.join(", ", Permissions.SERVICE),
            GroupQuery::permission);
    int limit = number("limit", GroupQuery.DEFAULT_LIMIT, GroupQuery.MAX_LIMIT);
    check();
    return new GroupQuery(text.orElse(""), permission.orElse(Permissions.SERVICE_WRITE), limit);
  }

  /** {@code after}: where a reader of the change feed stands; absent if nowhere. */
  Optional<ChangeFeed.Position> position() {
    return single(
        "after", "must be the value of position of an earlier answer", ChangeFeed.Position::parse);
  }

  /** {@code nonce}: what the answer must repeat. */
  String nonce() {
    String expectation =
        "must be 16 to 64 letters, digits, hyphens and underscores, made at random";
    Optional<String> nonce =
        single(
            "nonce",
            expectation,
            text -> Optional.of(text).filter(it -> NONCE.matcher(it).matches()));
    if (nonce.isEmpty()) {
      violations.add(new Violation("nonce", expectation));
    }
    return nonce.orElse("");
  }

  /**
   * {@code scope}, within the number of parameters, each one or more scopes (RFC 6749, section
   * 3.3), and nothing else. Here an empty parameter is wrong, and so is an unknown one: what was
   * misspelt or left empty would require nothing.
   *
   * @throws MalformedRequestException if a parameter is wrong
   */
  List<String> scopes() {
    for (String name : parameters.keySet()) {
      if (!name.equals(SCOPE)) {
        violations.add(new Violation("query", "must have no parameter but scope"));
      }
    }
    String all = String.join(" ", parameters.getOrDefault(SCOPE, List.of()));
    List<String> scopes = List.of(all.split(" ", -1));
    boolean wrong =
        all.length() > MAX_SCOPES_LENGTH || !scopes.stream().allMatch(ScopeCatalogue::isScopeToken);
    if (parameters.containsKey(SCOPE) && wrong) {
      violations.add(
          new Violation(
              SCOPE,
              "must be scopes, separated by single spaces, of no more than "
                  + MAX_SCOPES_LENGTH
                  + " characters in all"));
    }
    check();
    return parameters.containsKey(SCOPE) ? scopes.stream().distinct().toList() : List.of();
  }

  /**
   * @throws MalformedRequestException if anything that was read so far is wrong
   */
  void check() {
    if (!violations.isEmpty()) {
      throw new MalformedRequestException(violations.stream().distinct().toList());
    }
  }

  private int number(String name, int byDefault, int max) {
    return single(name, "must be a whole number from 0 to " + max, text -> digits(text, max))
        .orElse(byDefault);
  }

  private static Optional<Integer> digits(String text, int max) {
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return Optional.empty();
      }
      number = number * 10 + (c - '0');
      if (number > max) {
        return Optional.empty();
      }
    }
    return Optional.of((int) number);
  }

  /**
   * A parameter that can be given once.
   *
   * @param expectation what is said of a value that cannot be read
   * @param reading empty if it cannot
   */
  <T> Optional<T> single(String name, String expectation, Function<String, Optional<T>> reading) {
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      violations.add(new Violation(name, "must not be given more than once"));
      return Optional.empty();
    }
    if (values.isEmpty() || values.get(0).isEmpty()) {
      return Optional.empty();
    }
    Optional<T> value = reading.apply(values.get(0));
    if (value.isEmpty()) {
      violations.add(new Violation(name, expectation));
    }
    return value;
  }

  /** As forms encode: percent and two hexadecimal digits for a byte of UTF-8, plus for a space. */
  private static Optional<String> decode(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        boolean complete =
            i + 2 < text.length()
                && HexFormat.isHexDigit(text.charAt(i + 1))
                && HexFormat.isHexDigit(text.charAt(i + 2));
        if (!complete) {
          return Optional.empty();
        }
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else {
        bytes.writeBytes((c == '+' ? " " : String.valueOf(c)).getBytes(StandardCharsets.UTF_8));
      }
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
