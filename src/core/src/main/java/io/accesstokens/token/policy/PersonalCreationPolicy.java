package io.accesstokens.token.policy;

import io.accesstokens.token.Permissions;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.Text;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawTokenFormat;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Validates requests for new personal tokens. The result depends only on the request, the catalog
 * and the time. The policy reports all errors of a request together.
 *
 * @param basePolicy defines the scopes for personal tokens, and the limits on their lifetimes
 * @param maxLive the maximum number of unrevoked, unexpired tokens of a user
 */
public record PersonalCreationPolicy(CreationPolicy basePolicy, int maxLive) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9 _.:/-]{1,100}");

  /**
   * Creates a policy for new personal tokens.
   *
   * @throws IllegalArgumentException unless {@code maxLive} is at least 1
   */
  public PersonalCreationPolicy {
    if (maxLive < 1) {
      throw new IllegalArgumentException("maxLive must be at least 1");
    }
  }

  /**
   * Derives a policy from the policy of service tokens. The new policy has the same limits for
   * groups, and the same maximum age of a sign-in. The new policy allows the scopes that are not
   * permissions, and the permissions of {@link ScopeCatalog#delegation}.
   *
   * @param service the policy of service tokens
   * @param maxDays the maximum lifetime of a personal token in days, inclusive
   * @param defaultDays the lifetime of a personal token in days if the request sets none
   * @param maxLive the maximum number of unrevoked, unexpired tokens of a user; a limit of the
   *     user's groups can be lower
   * @throws IllegalArgumentException unless {@code 1 <= defaultDays <= maxDays} and {@code maxLive}
   *     is at least 1
   */
  public static PersonalCreationPolicy of(
      CreationPolicy service, int maxDays, int defaultDays, int maxLive) {
    List<ScopeCatalog.Definition> others =
        service.scopeCatalog().scopes().stream()
            .filter(scope -> !scope.id().startsWith(Permissions.PREFIX))
            .toList();
    ScopeCatalog scopes = ScopeCatalog.of(others).and(ScopeCatalog.delegation());
    return new PersonalCreationPolicy(
        new CreationPolicy(scopes, maxDays, defaultDays, service.limits(), service.signInAge()),
        maxLive);
  }

  /** Returns the maximum number of unrevoked, unexpired tokens of a user with these groups. */
  public int maxLive(Set<EntityRef> groupsOfUser) {
    return Math.min(maxLive, basePolicy.maxLivePerUser(groupsOfUser).orElse(maxLive));
  }

  /** Returns true if a service token of this group could have this scope. */
  public boolean allows(EntityRef group, String scope) {
    return basePolicy.limitsOf(group).allowedScopes().contains(scope);
  }

  /**
   * Returns the limits on new personal tokens. The limits of groups are not included, because they
   * apply when a scope is used, see {@code PersonalTokenService}.
   */
  public GroupLimits bounds() {
    return GroupLimits.of(basePolicy, List.of());
  }

  /**
   * The validated content of a request for a personal token.
   *
   * @param scopes the distinct scopes, in the order of the request
   */
  public record ValidatedRequest(String name, List<String> scopes, Instant expiresAt) {

    public ValidatedRequest {
      scopes = List.copyOf(scopes);
    }

    /**
     * Returns a request for a token with this name, these scopes and this expiry.
     *
     * @param latestExpiry the maximum expiry in the result; replaces a later expiry
     */
    public PersonalCreationRequest toRequest(Instant latestExpiry) {
      Instant expiry = expiresAt.isAfter(latestExpiry) ? latestExpiry : expiresAt;
      return new PersonalCreationRequest(name, scopes, null, expiry.toString(), List.of());
    }
  }

  /**
   * Validates a request for a personal token.
   *
   * @throws InvalidRequestException if a field is invalid; the exception contains the errors of all
   *     fields
   */
  public ValidatedRequest check(PersonalCreationRequest request, Instant now) {
    CreationPolicy.RequestErrors errors = new CreationPolicy.RequestErrors(request.unreadable());
    GroupLimits bounds = bounds();
    String name = checkName(request.name(), errors);
    List<@Nullable String> requested = request.scopes();
    List<String> scopes =
        requested == null || requested.isEmpty()
            ? List.of()
            : basePolicy.checkScopes(requested, List.of(), bounds, errors);
    Instant expiresAt =
        CreationPolicy.checkExpiry(
            request.expiresAt(), request.expiresInDays(), now, bounds, errors);
    List<Violation> violations = errors.violations();
    if (name == null || scopes == null || expiresAt == null || !violations.isEmpty()) {
      throw new InvalidRequestException(violations);
    }
    return new ValidatedRequest(name, scopes, expiresAt);
  }

  private static @Nullable String checkName(
      @Nullable String nameOrNull, CreationPolicy.RequestErrors errors) {
    if (nameOrNull == null) {
      errors.addMissing("name");
      return null;
    }
    String name = Text.trim(nameOrNull);
    if (!NAME.matcher(name).matches()) {
      errors.add("name", "must be 1 to 100 letters, digits, spaces or any of _ . - : /");
      return null;
    }
    if (RawTokenFormat.isContainedIn(name)) {
      errors.add("name", CreationPolicy.CONTAINS_TOKEN);
      return null;
    }
    return name;
  }
}
