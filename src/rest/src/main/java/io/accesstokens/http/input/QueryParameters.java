package io.accesstokens.http.input;

import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.oauth.RequestEncoding;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.policy.Violation;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.query.TokenUserQuery;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.EntityRef;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Parses the query of a request strictly. A parameter may occur only once, unless the documentation
 * of its method allows several values. An empty parameter counts as absent. Unknown parameters are
 * ignored. {@link #scopes} is stricter.
 *
 * <p>A wrong value adds an error to a list, and {@link #check} throws one exception with all
 * errors. Only methods with {@code @throws} throw this exception themselves.
 */
public final class QueryParameters {

  /** The number of rows in a page if the request contains no limit. */
  static final int DEFAULT_LIMIT = 50;

  /**
   * Maximum length of the list of required scopes, in characters. The length is limited because a
   * header of the response contains the required scopes. Containers and proxies limit the length of
   * a header.
   */
  static final int MAX_SCOPES_LENGTH = 2_000;

  /** Maximum number of parameters in a query. */
  static final int MAX_PARAMETERS = 100;

  private static final String GROUP_EXPECTATION = "must name a group, e.g. group:default/platform";

  private static final String SCOPE = "scope";

  private static final String TOKEN_SUBJECT = "service-token:";

  /** Maximum length of the subject of a token, in characters. */
  private static final int MAX_SUBJECT = 700;

  private static final String USER_EXPECTATION = "must name a user, e.g. user:default/dave";

  /** The exclusive upper bound of valid instants. A database may not support later instants. */
  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9_-]{16,64}");

  private final Map<String, List<String>> parameters = new HashMap<>();
  private final List<Violation> violations = new ArrayList<>();

  private QueryParameters() {}

  /** Parses the query of a URI. */
  public static QueryParameters of(URI uri) {
    return ofQuery(uri.getRawQuery());
  }

  /**
   * Parses a percent-encoded query.
   *
   * @param text the query; null if there is none
   */
  public static QueryParameters ofQuery(@Nullable String text) {
    QueryParameters query = new QueryParameters();
    if (text != null) {
      query.read(text);
    }
    return query;
  }

  /**
   * Parses only the part of a query before a given parameter. Ignores that parameter and all text
   * after it, because the value of that parameter can contain ampersands.
   *
   * @param parameter the name of the parameter at which this method stops
   * @param text the percent-encoded query; null if there is none
   */
  public static QueryParameters ofQueryBefore(String parameter, @Nullable String text) {
    QueryParameters query = new QueryParameters();
    if (text != null && !text.startsWith(parameter + '=')) {
      int end = text.indexOf('&' + parameter + '=');
      query.read(end < 0 ? text : text.substring(0, end));
    }
    return query;
  }

  private void read(String text) {
    String[] pairs = text.split("&", MAX_PARAMETERS + 1);
    if (pairs.length > MAX_PARAMETERS) {
      reportError("query", "must have no more than " + MAX_PARAMETERS + " parameters");
      return;
    }
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      Optional<String> name = RequestEncoding.decode(equals < 0 ? pair : pair.substring(0, equals));
      Optional<String> value = RequestEncoding.decode(equals < 0 ? "" : pair.substring(equals + 1));
      if (name.isPresent() && value.isPresent()) {
        parameters.computeIfAbsent(name.get(), key -> new ArrayList<>()).add(value.get());
      } else {
        violations.add(new Violation("query", "must be percent-encoded UTF-8"));
      }
    }
  }

  /** Returns true if at least one error was found. */
  public boolean hasErrors() {
    return !violations.isEmpty();
  }

  /** Returns the values of all parameters, by parameter name. */
  public Map<String, List<String>> all() {
    return Map.copyOf(parameters);
  }

  /**
   * Returns the parameter {@code limit}, from 0 to {@value TokenQuery#MAX_LIMIT}. The default is
   * {@value #DEFAULT_LIMIT}.
   */
  public int limit() {
    return number("limit", DEFAULT_LIMIT, TokenQuery.MAX_LIMIT);
  }

  /**
   * Returns the parameter {@code offset} of a list without cursors, from 0 to {@link
   * Integer#MAX_VALUE}. The default is 0.
   */
  public int offset() {
    return number("offset", 0, Integer.MAX_VALUE);
  }

  /**
   * Returns the parameter {@code offset} of a list with cursors, from 0 to {@value
   * TokenQuery#MAX_OFFSET}. The default is 0.
   */
  int boundedOffset() {
    return number("offset", 0, TokenQuery.MAX_OFFSET);
  }

  /**
   * Returns the parameter {@code days}, from 1 to {@value DailyUsage#KEPT_DAYS}; empty if the
   * parameter is absent or wrong.
   */
  public Optional<Integer> days() {
    return single(
        "days",
        "must be a whole number from 1 to " + DailyUsage.KEPT_DAYS,
        text -> digits(text, DailyUsage.KEPT_DAYS).filter(number -> number > 0));
  }

  /**
   * Returns the parameter {@code status}; empty if the parameter is absent or not the exact text of
   * a status.
   */
  public Optional<TokenStatus> status() {
    return single(
        "status", "must be one of active, expiring, expired, revoked", TokenStatus::parse);
  }

  /**
   * Returns a parameter that is an instant in ISO 8601 with a zone, truncated to microseconds;
   * empty if the parameter is absent or wrong.
   */
  public Optional<Instant> instant(String name) {
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

  /** Returns the value of a boolean parameter; false if the parameter is absent or wrong. */
  public boolean flag(String name) {
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
   * Returns the parameter {@code groupEntityRef} as a normalized group ref; empty if the parameter
   * is absent or wrong. This method does not check whether the group exists.
   */
  public Optional<EntityRef> group() {
    return single("groupEntityRef", GROUP_EXPECTATION, EntityRef::parseGroup);
  }

  /**
   * Returns all valid values of the parameter {@code groupEntityRef} as normalized group refs;
   * empty if there are none. A wrong value causes a violation. This method does not check whether
   * the groups exist.
   */
  public Optional<Set<EntityRef>> groups() {
    List<String> values =
        parameters.getOrDefault("groupEntityRef", List.of()).stream()
            .filter(value -> !value.isEmpty())
            .toList();
    Set<EntityRef> groups =
        values.stream()
            .flatMap(value -> EntityRef.parseGroup(value).stream())
            .collect(Collectors.toUnmodifiableSet());
    if (values.stream().anyMatch(value -> EntityRef.parseGroup(value).isEmpty())) {
      violations.add(new Violation("groupEntityRef", GROUP_EXPECTATION));
    }
    return Optional.of(groups).filter(found -> !found.isEmpty());
  }

  /**
   * Returns the required parameter {@code userEntityRef} as a normalized user ref; empty if the
   * parameter is absent or wrong.
   */
  public Optional<EntityRef> requiredUser() {
    return required("userEntityRef", USER_EXPECTATION, EntityRef::parseUser);
  }

  /**
   * Returns the parameter {@code userEntityRef} as a normalized user ref; empty if the parameter is
   * absent or wrong. This method does not check whether the user exists.
   */
  Optional<EntityRef> user() {
    return single("userEntityRef", USER_EXPECTATION, EntityRef::parseUser);
  }

  /**
   * Returns the parameters {@code q}, {@code after} and {@code limit} of a list of users.
   *
   * @throws MalformedRequestException if a parameter is wrong
   */
  public TokenUserQuery userQuery() {
    Optional<String> text = ListParameters.text(this);
    Optional<EntityRef> after =
        single("after", "must be the value of next of an earlier response", EntityRef::parseUser);
    int limit = limit();
    check();
    return new TokenUserQuery(text, after, limit);
  }

  /**
   * Returns a parameter that contains the actor of an event: a normalized user ref, or the exact
   * subject of a token. Spaces at both ends are removed, because MariaDB ignores trailing spaces in
   * comparisons, and other databases do not. Returns empty if the parameter is absent or wrong.
   */
  Optional<String> actor(String name) {
    return single(
        name,
        "must name a user, e.g. user:default/alice, or be a token's subject",
        text -> {
          String subject = text.strip();
          return subject.startsWith(TOKEN_SUBJECT) && subject.length() <= MAX_SUBJECT
              ? Optional.of(subject).filter(exact -> exact.indexOf('\0') < 0)
              : EntityRef.parseUser(text).map(EntityRef::toString);
        });
  }

  /**
   * Returns the required parameter {@code groupEntityRef} as a normalized group ref.
   *
   * @throws MalformedRequestException if the parameter is absent or wrong, or if an earlier error
   *     was found
   */
  public EntityRef requiredGroup() {
    Optional<EntityRef> group = group();
    check();
    return group.orElseThrow(
        () ->
            new MalformedRequestException(List.of(new Violation("groupEntityRef", "is required"))));
  }

  /**
   * Adds the error that a parameter has a wrong value.
   *
   * @param expectation a description of the valid values, for the error message
   */
  public void reportError(String name, String expectation) {
    violations.add(new Violation(name, expectation));
  }

  /**
   * Returns the parameters {@code q}, {@code permission} and {@code limit} of a search for groups.
   *
   * @throws MalformedRequestException if a parameter is wrong
   */
  public GroupQuery groupQuery() {
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

  /**
   * Returns the parameter {@code after}: the position up to which a reader has read the change
   * feed. Returns empty if the parameter is absent or wrong.
   */
  public Optional<ChangeFeed.Position> position() {
    return single(
        "after",
        "must be the value of position of an earlier response",
        ChangeFeed.Position::parse);
  }

  /**
   * Returns the required parameter {@code nonce}, which the response repeats. Returns an empty text
   * if the parameter is absent or wrong.
   */
  public String nonce() {
    return required(
            "nonce",
            "must be 16 to 64 letters, digits, hyphens and underscores, made at random",
            text -> Optional.of(text).filter(value -> NONCE.matcher(value).matches()))
        .orElse("");
  }

  /**
   * Returns the scopes of all {@code scope} parameters. Each parameter contains one or more scopes,
   * separated by spaces (RFC 6749, section 3.3).
   *
   * <p>An empty {@code scope} is an error. A parameter with another name is also an error.
   * Otherwise a request with a misspelled parameter name would require no scope.
   *
   * @throws MalformedRequestException if a parameter is wrong
   */
  public List<String> scopes() {
    for (String name : parameters.keySet()) {
      if (!name.equals(SCOPE)) {
        violations.add(new Violation("query", "must contain only the parameter scope"));
      }
    }
    String all = String.join(" ", parameters.getOrDefault(SCOPE, List.of()));
    List<String> scopes = List.of(all.split(" ", -1));
    boolean wrong =
        all.length() > MAX_SCOPES_LENGTH || !scopes.stream().allMatch(ScopeCatalog::isScopeToken);
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
   * Throws an exception with all errors that were found, if there are any.
   *
   * @throws MalformedRequestException if at least one error was found
   */
  public void check() {
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
   * Returns the converted value of a parameter that may occur only once. Returns empty if the
   * parameter is absent, empty or wrong. A wrong parameter also adds an error.
   *
   * @param expectation the error message for a wrong value
   * @param reading the function that converts the value, and returns empty if the value is wrong
   */
  public <T> Optional<T> single(
      String name, String expectation, Function<String, Optional<T>> reading) {
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

  /**
   * Converts a parameter as {@link #single} does. Also adds an error if the parameter is absent or
   * empty.
   */
  public <T> Optional<T> required(
      String name, String expectation, Function<String, Optional<T>> reading) {
    if (parameters.getOrDefault(name, List.of("")).equals(List.of(""))) {
      violations.add(new Violation(name, expectation));
    }
    return single(name, expectation, reading);
  }

  /** Parses a UUID in the full form of 36 characters; empty for any other text. */
  public static Optional<UUID> uuid(String text) {
    return UUID_FORM.matcher(text).matches()
        ? Optional.of(UUID.fromString(text))
        : Optional.empty();
  }
}
