package io.accesstokens.token.policy;

import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.Text;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.UseLimits;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Validates requests for new service tokens. The result depends only on the request, the catalog,
 * the limits and the time. The policy reports all errors of a request together.
 *
 * @param scopeCatalog the scopes that exist
 * @param maxLifetimeDays the maximum lifetime in days, inclusive
 * @param defaultLifetimeDays the lifetime of a token in days if the request sets none
 * @param limits stricter limits for some groups, or for all groups
 * @param signInAge the maximum age of the sign-in of a session that creates a token
 */
public record CreationPolicy(
    ScopeCatalog scopeCatalog,
    int maxLifetimeDays,
    int defaultLifetimeDays,
    List<CreationLimit> limits,
    SignInAge signInAge) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,100}");
  private static final int MAX_TEXT = 500;

  /**
   * The error message for a text that contains a raw token. The texts of a request are shown to
   * other users and are kept in the audit log.
   */
  static final String CONTAINS_TOKEN = "must not contain a raw token";

  /**
   * Creates a policy for new tokens.
   *
   * @throws IllegalArgumentException unless {@code 1 <= defaultLifetimeDays <= maxLifetimeDays}
   */
  public CreationPolicy {
    if (defaultLifetimeDays < 1 || defaultLifetimeDays > maxLifetimeDays) {
      throw new IllegalArgumentException(
          "the default lifetime must be at least 1 day and at most the maximum lifetime");
    }
    limits = List.copyOf(limits);
  }

  /** Returns the limits on new tokens of this group. */
  public GroupLimits limitsOf(EntityRef group) {
    return GroupLimits.of(
        this, limits.stream().filter(limit -> limit.owners().include(group)).toList());
  }

  /**
   * Returns the maximum number of unrevoked, unexpired personal tokens of a user.
   *
   * @param groupsOfUser the groups of the user
   * @return empty if there is no limit
   */
  public OptionalInt maxLivePerUser(Set<EntityRef> groupsOfUser) {
    return limits.stream()
        .filter(limit -> limit.owners().includeMember(groupsOfUser))
        .flatMapToInt(limit -> limit.maxLiveTokensPerUser().stream())
        .min();
  }

  /**
   * The validated content of a request for a service token.
   *
   * @param scopes the distinct scopes, in the order of the request
   * @param expiryField the request field that set the expiry; null for the default expiry
   * @param limits the limits on the uses of the token
   */
  public record ValidatedRequest(
      String name,
      String description,
      EntityRef group,
      List<String> scopes,
      Instant expiresAt,
      @Nullable String expiryField,
      UseLimits limits) {}

  /**
   * Validates a request for a service token.
   *
   * @param visible returns true for groups whose limits the caller may see; the limits of other
   *     groups are not checked
   * @throws InvalidRequestException if a field is invalid; the exception contains the errors of all
   *     fields
   */
  public ValidatedRequest check(
      CreationRequest request, Instant now, Predicate<EntityRef> visible) {
    RequestErrors errors = new RequestErrors(request.unreadable());
    String name = checkName(request.name(), errors);
    String description = checkText("description", request.description(), errors);
    EntityRef group = checkGroup(request.groupEntityRef(), errors);
    GroupLimits bounds =
        group != null && visible.test(group) ? limitsOf(group) : GroupLimits.of(this, List.of());
    checkRules(description, bounds, errors);
    List<String> scopes = checkScopes(request.scopes(), List.of(), bounds, errors);
    Instant expiresAt =
        checkExpiry(request.expiresAt(), request.expiresInDays(), now, bounds, errors);
    UseLimits limits =
        new UseLimits(
            UseLimitRules.checkAddresses(request.allowedAddresses(), errors),
            UseLimitRules.checkRequests(request.requestsPerMinute(), errors));
    if (name == null
        || description == null
        || group == null
        || scopes == null
        || expiresAt == null
        || !errors.violations.isEmpty()) {
      throw new InvalidRequestException(errors.violations);
    }
    String expiryField =
        request.expiresAt() != null
            ? "expiresAt"
            : request.expiresInDays() != null ? "expiresInDays" : null;
    return new ValidatedRequest(name, description, group, scopes, expiresAt, expiryField, limits);
  }

  /** Returns true if a token can have this name: {@code ^[a-z0-9-]{1,100}$}. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * Returns an error message if a description is invalid. A valid description follows the rules of
   * {@link Text#errorMessage}, with at most 500 code points, and contains no raw token.
   *
   * @return the error message; empty if the description is valid
   */
  public static Optional<String> descriptionError(String description) {
    return textError(description);
  }

  private static Optional<String> textError(String text) {
    return Text.errorMessage(text, MAX_TEXT)
        .or(
            () ->
                RawTokenFormat.isContainedIn(text)
                    ? Optional.of(CONTAINS_TOKEN)
                    : Optional.empty());
  }

  /**
   * Validates the reason of a revocation.
   *
   * @return the reason, trimmed
   * @throws InvalidRequestException if the reason is absent, or violates a rule of {@link
   *     #descriptionError} after trimming
   */
  public static String checkReason(@Nullable String reason) {
    RequestErrors errors = new RequestErrors(List.of());
    String checked = checkReason(reason, errors);
    if (checked == null) {
      throw new InvalidRequestException(errors.violations);
    }
    return checked;
  }

  public static @Nullable String checkReason(@Nullable String reason, RequestErrors errors) {
    return checkText("reason", reason == null ? null : Text.trim(reason), errors);
  }

  private static @Nullable String checkName(@Nullable String name, RequestErrors errors) {
    if (name == null) {
      errors.addMissing("name");
      return null;
    }
    if (!isName(name)) {
      errors.add("name", "must be 1 to 100 lower-case letters, digits or hyphens");
      return null;
    }
    return name;
  }

  static @Nullable String checkText(String field, @Nullable String text, RequestErrors errors) {
    if (text == null) {
      errors.addMissing(field);
      return null;
    }
    Optional<String> errorMessage = textError(text);
    if (errorMessage.isPresent()) {
      errors.add(field, errorMessage.get());
      return null;
    }
    return text;
  }

  private static @Nullable EntityRef checkGroup(@Nullable String ref, RequestErrors errors) {
    if (ref == null) {
      errors.addMissing("groupEntityRef");
      return null;
    }
    Optional<EntityRef> group = EntityRef.parseGroup(Text.trim(ref));
    if (group.isEmpty()) {
      errors.add("groupEntityRef", "must name a group, e.g. group:default/platform");
      return null;
    }
    return group.get();
  }

  static void checkRules(@Nullable String description, GroupLimits bounds, RequestErrors errors) {
    if (description != null) {
      bounds.descriptions().stream()
          .filter(rule -> !rule.test().test(description))
          .forEach(rule -> errors.add("description", rule.hint()));
    }
  }

  /**
   * Validates a list of scopes.
   *
   * @param present the scopes that the token already has, which are always valid
   * @return the distinct scopes; null if the list is invalid
   */
  public @Nullable List<String> checkScopes(
      @Nullable List<@Nullable String> scopes,
      List<String> present,
      GroupLimits bounds,
      RequestErrors errors) {
    if (scopes == null) {
      errors.addMissing("scopes");
      return null;
    }
    if (scopes.isEmpty()) {
      errors.add("scopes", "must contain at least one scope");
      return null;
    }
    Set<String> allowed = Set.copyOf(bounds.allowedScopes());
    Set<String> distinct = new LinkedHashSet<>();
    boolean wrong = false;
    for (int i = 0; i < scopes.size(); i++) {
      String scope = scopes.get(i);
      if (scope != null && present.contains(scope)) {
        distinct.add(scope);
      } else if (scope == null || !scopeCatalog.contains(scope)) {
        errors.add("scopes[" + i + "]", "must be the id of a scope in the scope catalog");
        wrong = true;
      } else if (!allowed.contains(scope)) {
        errors.add("scopes[" + i + "]", "must be a scope that tokens of the group may have");
        wrong = true;
      } else {
        distinct.add(scope);
      }
    }
    return wrong ? null : List.copyOf(distinct);
  }

  /**
   * Returns the requested expiry, or the default expiry if the request sets none. Returns null if
   * the requested expiry is invalid.
   */
  public static @Nullable Instant checkExpiry(
      @Nullable String expiresAt,
      @Nullable Long days,
      Instant now,
      GroupLimits bounds,
      RequestErrors errors) {
    if (expiresAt != null && days != null) {
      errors.add("expiresAt", "must not be given together with expiresInDays");
      return null;
    }
    if (expiresAt != null) {
      return checkInstant(expiresAt, now, bounds.maxLifetimeDays(), errors);
    }
    if (days == null) {
      return now.plus(Duration.ofDays(bounds.defaultLifetimeDays()));
    }
    if (days < 1 || days > bounds.maxLifetimeDays()) {
      errors.add("expiresInDays", "must be a whole number from 1 to " + bounds.maxLifetimeDays());
      return null;
    }
    return now.plus(Duration.ofDays(days));
  }

  /**
   * Parses an ISO 8601 date and time with a zone, and truncates it to milliseconds. If the text is
   * malformed, adds an error for the field, and returns null.
   */
  static @Nullable Instant parseInstant(String field, String text, RequestErrors errors) {
    try {
      return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS);
    } catch (DateTimeException e) {
      errors.add(field, "must be an ISO 8601 date and time with a zone, e.g. 2027-01-31T12:00:00Z");
      return null;
    }
  }

  private static @Nullable Instant checkInstant(
      String text, Instant now, int maxLifetimeDays, RequestErrors errors) {
    Instant instant = parseInstant("expiresAt", text, errors);
    if (instant == null) {
      return null;
    }
    if (!instant.isAfter(now)) {
      errors.add("expiresAt", "must be in the future");
      return null;
    }
    if (instant.isAfter(now.plus(Duration.ofDays(maxLifetimeDays)))) {
      errors.add("expiresAt", "must be at most " + maxLifetimeDays + " days from now");
      return null;
    }
    return instant;
  }

  /**
   * Collects the validation errors of a request. If a field has a value of the wrong type, {@link
   * #addMissing} does not report that the field is absent.
   */
  public static final class RequestErrors {

    private final List<Violation> violations;
    private final Set<String> fields = new LinkedHashSet<>();

    public RequestErrors(List<Violation> unreadable) {
      violations = new ArrayList<>(unreadable);
      for (Violation violation : unreadable) {
        int bracket = violation.field().indexOf('[');
        fields.add(bracket < 0 ? violation.field() : violation.field().substring(0, bracket));
      }
    }

    public void add(String field, String message) {
      violations.add(new Violation(field, message));
    }

    /** Returns the errors that were added so far. */
    public List<Violation> violations() {
      return List.copyOf(violations);
    }

    public void addMissing(String field) {
      if (!fields.contains(field)) {
        add(field, "is required");
      }
    }
  }
}
